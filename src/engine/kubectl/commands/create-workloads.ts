/**
 * Generators of what runs containers, and of what leads to them.
 *
 * @source kubernetes kubectl/pkg/cmd/create/create_{deployment,job,cronjob,service,ingress,pdb,quota,priorityclass}.go
 */
import type { JsonObject, JsonValue } from '#engine/api/json';
import type { CronJob } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { pathOf, resourceFor } from '../call/discovery';
import { type Doing, random } from '../call/effects';
import type { Command } from './command';
import { made, nameArgument, required } from './create';

/** The arguments after `--`. */
const commandOf = ({ flags: { args, dash } }: Call): readonly string[] => (dash < 0 ? [] : args.slice(dash));

export const deployment: Command = {
  *run(call) {
    required(call, 'image');
    const name = nameArgument(call);
    const images = call.flags.list('image');
    const command = commandOf(call);
    if (images.length > 1 && command.length > 0) throw failed('cannot specify multiple --image options and command');
    const containers: JsonObject[] = [];
    for (const image of images)
      containers.push({ name: yield* containerName(image), image, ...(command.length === 0 ? {} : { command }) });
    if (call.flags.number('port', -1) >= 0)
      containers[0] = { ...containers[0]!, ports: [{ containerPort: call.flags.number('port') }] };
    const labels = { app: name };
    yield* made(
      call,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { labels, name },
        spec: {
          replicas: call.flags.number('replicas', 1),
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers } },
        },
      },
      { wrapped: 'deployment:' },
    );
    return 0;
  },
};

/** The last part of the image's path; what no name may have is replaced, and a suffix tells such names apart. */
function* containerName(image: string): Doing<string> {
  const last = image.slice(image.lastIndexOf('/') + 1);
  const bare = last.split(':')[0]!.split('@')[0]!;
  if (!/[_.]/.test(bare)) return bare;
  return `${bare.replace(/[_.]/g, '-')}-${yield* random(5)}`;
}

export const job: Command = {
  *run(call) {
    const name = nameArgument(call);
    const from = call.flags.text('from');
    const image = call.flags.text('image');
    if (image === '' && from === '') throw failed('either --image or --from must be specified');
    if (image !== '' && from !== '') throw failed('cannot specify --image and --from');
    if (from !== '' && commandOf(call).length > 0) throw failed('cannot specify --from and command');
    const object = from === '' ? plainJob(name, image, commandOf(call)) : yield* jobFrom(call, name, from);
    yield* made(call, object, { wrapped: 'job:' });
    return 0;
  },
};

const plainJob = (name: string, image: string, command: readonly string[]): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    template: {
      metadata: {},
      spec: { containers: [{ name, image, ...(command.length === 0 ? {} : { command }) }], restartPolicy: 'Never' },
    },
  },
});

function* jobFrom(call: Call, name: string, from: string): Doing<JsonObject> {
  const [type = '', source = ''] = from.split('/');
  const resource = yield* resourceFor(call, type);
  if (resource.kind !== 'CronJob') throw failed(`from must be an existing cronjob`);
  const cronJob = yield* want<CronJob>(call, { method: 'GET', path: pathOf(resource, call.namespace, source) });
  const { metadata = {}, spec } = cronJob.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...metadata.annotations },
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: cronJob.metadata.name,
          uid: cronJob.metadata.uid,
          controller: true,
        },
      ],
    },
    spec: spec as unknown as JsonValue,
  };
}

export const cronjob: Command = {
  *run(call) {
    required(call, 'image', 'schedule');
    const name = nameArgument(call);
    const command = commandOf(call);
    const restartPolicy = call.flags.text('restart') || 'OnFailure';
    const containers = [{ name, image: call.flags.text('image'), ...(command.length === 0 ? {} : { command }) }];
    yield* made(
      call,
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name },
        spec: {
          jobTemplate: {
            metadata: { name },
            spec: { template: { metadata: {}, spec: { containers, restartPolicy } } },
          },
          schedule: call.flags.text('schedule'),
        },
      },
      { wrapped: 'cronjob:' },
    );
    return 0;
  },
};

const SERVICE_TYPES = {
  clusterip: 'ClusterIP',
  nodeport: 'NodePort',
  loadbalancer: 'LoadBalancer',
  externalname: 'ExternalName',
} as const;

const service = (kind: keyof typeof SERVICE_TYPES): Command => ({
  *run(call) {
    const name = nameArgument(call);
    const clusterIp = call.flags.text('clusterip');
    const tcp = call.flags.list('tcp');
    if (kind === 'externalname' && call.flags.text('external-name') === '') required(call, 'external-name');
    if (tcp.length === 0 && kind !== 'externalname' && clusterIp !== 'None')
      throw failed('at least one tcp port specifier must be provided');
    const ports = tcp.map((text) => servicePort(text, kind === 'nodeport' ? call.flags.number('node-port') : 0));
    const type = SERVICE_TYPES[kind];
    yield* made(
      call,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { labels: { app: name }, name },
        spec: {
          ...(clusterIp === '' ? {} : { clusterIP: clusterIp }),
          ...(kind === 'externalname' ? { externalName: call.flags.text('external-name') } : {}),
          ...(ports.length === 0 ? {} : { ports }),
          selector: { app: name },
          type,
        },
      },
      { wrapped: `${type} service:` },
    );
    return 0;
  },
});

function servicePort(text: string, nodePort: number): JsonObject {
  const [port = '', target = port] = text.split(':');
  const number = Number(port);
  if (!/^\d{1,5}$/.test(port))
    throw failed(
      `unable to parse ${JSON.stringify(port)} as a port number: strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`.replace(
        /^unable to parse .*?: /,
        '',
      ),
    );
  const name = text.includes(':') ? text.replace(':', '-') : text;
  return {
    name,
    port: number,
    protocol: 'TCP',
    targetPort: /^\d+$/.test(target) ? Number(target) : target,
    ...(nodePort === 0 ? {} : { nodePort }),
  };
}

export const services = {
  clusterip: service('clusterip'),
  nodeport: service('nodeport'),
  loadbalancer: service('loadbalancer'),
  externalname: service('externalname'),
};

const RULE =
  /^(?<host>[\w.*-]*)(?<path>\/[^=]*)=(?<service>[\w.-]+):(?<port>[\w-]+)(?:,(?<tls>tls(?:=(?<secret>[\w.-]*))?))?$/;

export const ingress: Command = {
  *run(call) {
    const name = nameArgument(call);
    const rules = call.flags.list('rule');
    const backendText = call.flags.text('default-backend');
    if (rules.length === 0 && backendText === '')
      throw failed(
        `not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)`,
      );
    const hosts = new Map<string, JsonObject[]>();
    const tls = new Map<string, string[]>();
    for (const rule of rules) {
      const found = RULE.exec(rule)?.groups;
      if (found === undefined)
        throw failed(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
      const { host = '', path = '', service: to = '', port = '', secret = '' } = found;
      const prefix = path.endsWith('*');
      const paths = hosts.get(host) ?? [];
      paths.push({
        backend: backendOf(to, port),
        path: prefix ? path.slice(0, -1) : path,
        pathType: prefix ? 'Prefix' : 'Exact',
      });
      hosts.set(host, paths);
      if (found['tls'] === undefined) continue;
      const known = tls.get(secret) ?? [];
      if (host !== '' && !known.includes(host)) known.push(host);
      tls.set(secret, known);
    }
    const [backend = '', port = ''] = backendText.split(':');
    const annotations = Object.fromEntries(
      call.flags.list('annotation').map((text) => [text.split('=')[0]!, text.slice(text.indexOf('=') + 1)]),
    );
    yield* made(
      call,
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
        spec: {
          ...(backendText === '' ? {} : { defaultBackend: backendOf(backend, port) }),
          ...(call.flags.text('class') === '' ? {} : { ingressClassName: call.flags.text('class') }),
          ...(hosts.size === 0
            ? {}
            : { rules: [...hosts].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } })) }),
          ...(tls.size === 0
            ? {}
            : {
                tls: [...tls].map(([secretName, names]) => ({
                  ...(names.length === 0 ? {} : { hosts: names }),
                  ...(secretName === '' ? {} : { secretName }),
                })),
              }),
        },
      },
      { wrapped: 'ingress:' },
    );
    return 0;
  },
};

const backendOf = (name: string, port: string): JsonObject => ({
  service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
});

export const poddisruptionbudget: Command = {
  *run(call) {
    required(call, 'selector');
    const name = nameArgument(call);
    const { flags: given } = call;
    const [least, most] = [given.text('min-available'), given.text('max-unavailable')];
    if (least === '' && most === '') throw failed('one of min-available or max-unavailable must be specified');
    if (least !== '' && most !== '') throw failed('min-available and max-unavailable cannot be both specified');
    const amount = (text: string): JsonValue => (/^\d+$/.test(text) ? Number(text) : text);
    const matchLabels = Object.fromEntries(
      given
        .text('selector')
        .split(',')
        .map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']),
    );
    yield* made(
      call,
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name },
        spec: {
          ...(least === '' ? { maxUnavailable: amount(most) } : { minAvailable: amount(least) }),
          selector: { matchLabels },
        },
      },
      { wrapped: 'poddisruptionbudgets:' },
    );
    return 0;
  },
};

export const quota: Command = {
  *run(call) {
    const name = nameArgument(call);
    const hard: Record<string, string> = {};
    for (const pair of call.flags
      .text('hard')
      .split(',')
      .filter((one) => one !== '')) {
      const at = pair.indexOf('=');
      if (at < 1) throw failed(`invalid argument syntax, expected <resource>=<value>`);
      hard[pair.slice(0, at)] = pair.slice(at + 1);
    }
    const scopes = call.flags
      .text('scopes')
      .split(',')
      .filter((one) => one !== '');
    yield* made(
      call,
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name },
        spec: { ...(Object.keys(hard).length === 0 ? {} : { hard }), ...(scopes.length === 0 ? {} : { scopes }) },
      },
      { wrapped: 'quota:' },
    );
    return 0;
  },
};

export const priorityclass: Command = {
  *run(call) {
    const name = nameArgument(call);
    const { flags: given } = call;
    yield* made(
      call,
      {
        apiVersion: 'scheduling.k8s.io/v1',
        ...(given.text('description') === '' ? {} : { description: given.text('description') }),
        ...(given.on('global-default') ? { globalDefault: true } : {}),
        kind: 'PriorityClass',
        metadata: { name },
        preemptionPolicy: given.text('preemption-policy', 'PreemptLowerPriority'),
        value: given.number('value'),
      },
      { wrapped: 'priorityclass:' },
    );
    return 0;
  },
};
