/** What the server serves and who it is. @source kubernetes kubectl/pkg/cmd/{apiresources,version,clusterinfo}/*.go */
import { byteOrder } from '#engine/api/json';
import { ask, failed, want } from '../call/context';
import { discover, resourceText } from '../call/discovery';
import { serverOf } from '../call/kubeconfig';
import { rowsText } from '../output/tab-writer';
import { jsonText } from '../output/printing';
import { yamlText } from '../output/yaml';
import type { Command, Family } from './command';

/** The version of Kubernetes that this kubectl is of. */
const CLIENT = 'v1.35.5';
const KUSTOMIZE = 'v5.7.1';

export const apiResourcesCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const { resources } = yield* discover(call, !flags.on('cached'));
    const chosen = resources
      .filter((one) => one.preferred && one.verbs.length > 0)
      .filter(({ namespaced }) => !flags.has('namespaced') || namespaced === flags.on('namespaced'))
      .filter(({ group }) => !flags.has('api-group') || group === flags.text('api-group'))
      .filter(({ verbs }) => flags.list('verbs').every((verb) => verbs.includes(verb)))
      .filter(({ categories }) => flags.list('categories').every((category) => categories.includes(category)))
      .toSorted((a, b) => byteOrder(a.group, b.group) || byteOrder(a.resource, b.resource));
    const sortBy = flags.text('sort-by');
    if (sortBy === 'name') chosen.sort((a, b) => byteOrder(a.resource, b.resource));
    if (sortBy === 'kind') chosen.sort((a, b) => byteOrder(a.kind, b.kind));
    if (flags.text('output') === 'name') {
      kubectl.out(chosen.map((one) => `${resourceText(one)}\n`).join(''));
      return 0;
    }
    const wide = flags.text('output') === 'wide';
    const head = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])];
    const rows = chosen.map(({ resource, shortNames, apiVersion, namespaced, kind, verbs, categories }) => [
      resource,
      shortNames.join(','),
      apiVersion,
      String(namespaced),
      kind,
      ...(wide ? [verbs.join(','), categories.join(',')] : []),
    ]);
    kubectl.out(rowsText([...(flags.on('no-headers') ? [] : [head]), ...rows], []));
    return 0;
  },
};

export const apiVersionsCommand: Command = {
  *run(call) {
    const { apiVersions } = yield* discover(call, true);
    call.kubectl.out(
      apiVersions
        .toSorted(byteOrder)
        .map((one) => `${one}\n`)
        .join(''),
    );
    return 0;
  },
};

const minor = (version: string): number => Number(/^v\d+\.(\d+)/.exec(version)?.[1] ?? 0);

export const versionCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const output = flags.text('output');
    if (output !== '' && output !== 'json' && output !== 'yaml') throw failed("--output must be 'yaml' or 'json'");
    const server = flags.on('client')
      ? null
      : yield* want<{ readonly gitVersion: string }>(call, { method: 'GET', path: '/version' });
    if (output !== '') {
      const [major = '', small = ''] = CLIENT.slice(1).split('.');
      const whole = {
        clientVersion: { gitVersion: CLIENT, major, minor: small, platform: 'linux/amd64' },
        kustomizeVersion: KUSTOMIZE,
        ...(server === null ? {} : { serverVersion: { ...server } }),
      };
      kubectl.out(output === 'json' ? jsonText(whole) : yamlText(whole));
      return 0;
    }
    kubectl.out(`Client Version: ${CLIENT}\nKustomize Version: ${KUSTOMIZE}\n`);
    if (server !== null) kubectl.out(`Server Version: ${server.gitVersion}\n`);
    if (server !== null && Math.abs(minor(server.gitVersion) - minor(CLIENT)) > 1)
      kubectl.err(
        `Warning: version difference between client (1.${minor(CLIENT)}) and server (1.${minor(server.gitVersion)}) exceeds the supported minor version skew of +/-1\n`,
      );
    return 0;
  },
};

export const clusterInfoCommand: Command = {
  *run(call) {
    const { kubectl } = call;
    const server = call.flags.text('server') || serverOf(call.config, call.flags.text('context'));
    const reply = yield* ask(call, {
      method: 'GET',
      path: '/api/v1/namespaces/kube-system/services',
      query: { labelSelector: 'kubernetes.io/cluster-service=true' },
    });
    kubectl.out(`Kubernetes control plane is running at ${server}\n`);
    if (reply.ok) for (const line of addonLines(reply.body as Services, server)) kubectl.out(line);
    kubectl.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
    return 0;
  },
};

interface Services {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly namespace: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
    readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
  }[];
}

const addonLines = ({ items }: Services, server: string): string[] =>
  items.map(({ metadata, spec }) => {
    const name = metadata.labels?.['kubernetes.io/name'] || metadata.name;
    const [port] = spec.ports ?? [];
    const scheme = port?.name === 'https' || port?.port === 443 ? 'https:' : '';
    return `${name} is running at ${server}/api/v1/namespaces/${metadata.namespace}/services/${scheme}${metadata.name}:${port?.name ?? ''}/proxy\n`;
  });

/** Nothing on the laptop's PATH is a plug-in. */
export const pluginCommands: Family = {
  commands: {
    list: {
      // oxlint-disable-next-line require-yield -- it asks for nothing
      *run() {
        throw failed('unable to find any kubectl plugins in your PATH');
      },
    },
  },
};
