/**
 * Generators of configuration and of rights.
 *
 * @source kubernetes kubectl/pkg/cmd/create/create_{configmap,secret,secret_tls,secret_docker,namespace,serviceaccount,role,clusterrole,rolebinding,clusterrolebinding,token}.go
 */
import { encodeBase64 } from '#engine/api/base64';
import type { JsonObject, JsonValue } from '#engine/api/json';
import { configKeyErrors } from '#engine/api/names';
import { type Call, failed, want } from '../call/context';
import { resourceFor } from '../call/discovery';
import { type Doing, filesIn, readFile } from '../call/effects';
import { spanOf } from '../call/flags';
import { contentHash } from '../kustomize/hash';
import type { Command } from './command';
import { made, nameArgument, required } from './create';

/** What literals and files say, by key. */
function* dataOf(call: Call, kind: 'ConfigMap' | 'Secret', name: string): Doing<Readonly<Record<string, string>>> {
  const data: Record<string, string> = {};
  const put = (key: string, value: string): void => {
    const [problem] = configKeyErrors(key);
    if (problem !== undefined) throw failed(`${JSON.stringify(key)} is not a valid key name for a ${kind}: ${problem}`);
    if (key in data)
      throw failed(
        kind === 'ConfigMap'
          ? `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`
          : `cannot add key ${key}, another key by that name already exists`,
      );
    data[key] = value;
  };
  for (const text of call.flags.list('from-file')) {
    const at = text.indexOf('=');
    const path = at < 0 ? text : text.slice(at + 1);
    if (at === 0) throw failed(`key name for file path ${path} missing`);
    const content = yield* readFile(path);
    if (content !== null) {
      put(at < 0 ? path.slice(path.lastIndexOf('/') + 1) : text.slice(0, at), content);
      continue;
    }
    const below = yield* filesIn(path);
    if (below.length === 0) throw failed(`error reading ${path}: no such file or directory`);
    if (at >= 0) throw failed('cannot give a key name for a directory path');
    for (const file of below) if (!file.includes('/')) put(file, (yield* readFile(`${path}/${file}`)) ?? '');
  }
  for (const text of call.flags.list('from-literal')) {
    const at = text.indexOf('=');
    if (at < 1) throw failed(`invalid literal source ${text}, expected key=value`);
    put(text.slice(0, at), text.slice(at + 1).replace(/^(['"])([\s\S]*)\1$/, '$2'));
  }
  for (const path of call.flags.list('from-env-file')) {
    const content = yield* readFile(path);
    if (content === null) throw failed(`error reading ${path}: no such file or directory`);
    for (const line of content.split('\n').map((one) => one.trimStart())) {
      if (line === '' || line.startsWith('#')) continue;
      const at = line.indexOf('=');
      put(at < 0 ? line : line.slice(0, at), at < 0 ? '' : line.slice(at + 1));
    }
  }
  return data;
}

/** With `--append-hash` the name says what the object holds. */
function hashedName({ flags: given }: Call, object: JsonObject): JsonObject {
  if (!given.on('append-hash')) return object;
  const { name } = object['metadata'] as { readonly name: string };
  return { ...object, metadata: { name: `${name}-${contentHash(object, name)}` } };
}

export const configmap: Command = {
  *run(call) {
    const name = nameArgument(call);
    const data = yield* dataOf(call, 'ConfigMap', name);
    const content = Object.keys(data).length === 0 ? {} : { data };
    yield* made(call, hashedName(call, { apiVersion: 'v1', ...content, kind: 'ConfigMap', metadata: { name } }), {
      wrapped: 'configmap:',
    });
    return 0;
  },
};

const encoded = (data: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)]));

const secret = (call: Call, name: string, data: Readonly<Record<string, string>>, type: string): Doing<JsonObject> =>
  made(
    call,
    hashedName(call, {
      apiVersion: 'v1',
      ...(Object.keys(data).length === 0 ? {} : { data: encoded(data) }),
      kind: 'Secret',
      metadata: { name },
      ...(type === '' ? {} : { type }),
    }),
    { wrapped: 'secret' },
  );

export const secrets: Readonly<Record<string, Command>> = {
  generic: {
    *run(call) {
      const name = nameArgument(call);
      yield* secret(call, name, yield* dataOf(call, 'Secret', name), call.flags.text('type'));
      return 0;
    },
  },
  tls: {
    *run(call) {
      const name = nameArgument(call);
      required(call, 'cert', 'key');
      const files: string[] = [];
      for (const flag of ['cert', 'key']) {
        const path = call.flags.text(flag);
        const text = yield* readFile(path);
        if (text === null) throw failed(`Cannot read file ${path}, open ${path}: no such file or directory`);
        files.push(text);
      }
      yield* secret(call, name, { 'tls.crt': files[0]!, 'tls.key': files[1]! }, 'kubernetes.io/tls');
      return 0;
    },
  },
  'docker-registry': {
    *run(call) {
      const name = nameArgument(call);
      const text = (flag: string): string => call.flags.text(flag);
      const [username, password, email] = ['docker-username', 'docker-password', 'docker-email'].map(text);
      if (call.flags.list('from-file').length === 0) {
        const missing = [
          ...(username === '' ? ['docker-username'] : []),
          ...(password === '' ? ['docker-password'] : []),
        ];
        if (missing.length > 0)
          throw failed(
            `either --from-file or the combination of --docker-username, --docker-password and --docker-server is required`,
          );
      }
      const entry = {
        ...(username === '' ? {} : { username }),
        ...(password === '' ? {} : { password }),
        ...(email === '' ? {} : { email }),
        auth: encodeBase64(`${username}:${password}`),
      };
      const config = JSON.stringify({ auths: { [text('docker-server') || 'https://index.docker.io/v1/']: entry } });
      yield* secret(call, name, { '.dockerconfigjson': config }, 'kubernetes.io/dockerconfigjson');
      return 0;
    },
  },
};

const bare = (apiVersion: string, kind: string, wrapped: string | null): Command => ({
  *run(call) {
    yield* made(call, { apiVersion, kind, metadata: { name: nameArgument(call) } }, { wrapped });
    return 0;
  },
});

export const namespace = bare('v1', 'Namespace', null);
export const serviceaccount = bare('v1', 'ServiceAccount', 'serviceaccount:');

/** @source kubectl/pkg/cmd/create/create_role.go (validResourceVerbs) */
const VERBS = [
  ...[
    '*',
    'get',
    'delete',
    'list',
    'create',
    'update',
    'patch',
    'watch',
    'proxy',
    'deletecollection',
    'use',
    'bind',
    'approve',
  ],
  ...['sign', 'escalate', 'impersonate'],
];

/** One rule for each API group. */
function* rulesOf(call: Call): Doing<JsonValue[]> {
  const { flags: given, kubectl } = call;
  const verbs = [...new Set(given.list('verb'))];
  if (verbs.length === 0) throw failed('at least one verb must be specified');
  const urls = given.list('non-resource-url');
  for (const verb of verbs)
    if (urls.length === 0 && !VERBS.includes(verb)) kubectl.err(`Warning: '${verb}' is not a standard resource verb\n`);
  if (given.list('resource').length === 0 && urls.length === 0) throw failed('at least one resource must be specified');
  const groups = new Map<string, string[]>();
  for (const text of given.list('resource')) {
    const [type = '', subresource] = text.split('/');
    const resource = yield* resourceFor(call, type);
    const names = groups.get(resource.group) ?? [];
    const name = subresource === undefined ? resource.resource : `${resource.resource}/${subresource}`;
    if (!names.includes(name)) names.push(name);
    groups.set(resource.group, names);
  }
  const resourceNames = given.list('resource-name');
  return [
    ...[...groups].map(([group, resources]) => ({
      apiGroups: [group],
      ...(resourceNames.length === 0 ? {} : { resourceNames }),
      resources,
      verbs,
    })),
    ...(urls.length === 0 ? [] : [{ nonResourceURLs: urls, verbs }]),
  ];
}

const RBAC = 'rbac.authorization.k8s.io/v1';

export const role: Command = {
  *run(call) {
    const name = nameArgument(call);
    yield* made(call, { apiVersion: RBAC, kind: 'Role', metadata: { name }, rules: yield* rulesOf(call) });
    return 0;
  },
};

export const clusterrole: Command = {
  *run(call) {
    const name = nameArgument(call);
    const aggregation = call.flags.text('aggregation-rule');
    const matchLabels = Object.fromEntries(
      aggregation.split(',').map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']),
    );
    yield* made(call, {
      ...(aggregation === '' ? {} : { aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } }),
      apiVersion: RBAC,
      kind: 'ClusterRole',
      metadata: { name },
      ...(aggregation === '' ? { rules: yield* rulesOf(call) } : {}),
    });
    return 0;
  },
};

export function subjectsOf(call: Call): JsonObject[] {
  const group = 'rbac.authorization.k8s.io';
  const { flags: given } = call;
  return [
    ...given.list('user').map((name) => ({ apiGroup: group, kind: 'User', name })),
    ...given.list('group').map((name) => ({ apiGroup: group, kind: 'Group', name })),
    ...given.list('serviceaccount').map((text) => {
      const [place = '', name = '', more] = text.split(':');
      if (more !== undefined || name === '') throw failed(`serviceaccount must be <namespace>:<name>`);
      return { kind: 'ServiceAccount', name, namespace: place };
    }),
  ];
}

const binding = (kind: 'RoleBinding' | 'ClusterRoleBinding'): Command => ({
  *run(call) {
    const name = nameArgument(call);
    const [own, everywhere] = [call.flags.text('role'), call.flags.text('clusterrole')];
    if (kind === 'ClusterRoleBinding') required(call, 'clusterrole');
    else if ((own === '') === (everywhere === '')) throw failed('exactly one of clusterrole or role must be specified');
    const subjects = subjectsOf(call);
    yield* made(
      call,
      {
        apiVersion: RBAC,
        kind,
        metadata: { name },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: own === '' ? 'ClusterRole' : 'Role',
          name: own || everywhere,
        },
        ...(subjects.length === 0 ? {} : { subjects }),
      },
      { wrapped: `${kind.toLowerCase()}:` },
    );
    return 0;
  },
});

export const rolebinding = binding('RoleBinding');
export const clusterrolebinding = binding('ClusterRoleBinding');

export const token: Command = {
  *run(call) {
    const name = nameArgument(call);
    const { flags: given } = call;
    const kind = given.text('bound-object-kind');
    const seconds = (spanOf(given.text('duration', '0')) ?? 0) / 1_000_000;
    if (seconds < 0) throw failed('--duration must be greater than or equal to 0');
    const spec = {
      audiences: given.list('audience').length === 0 ? null : given.list('audience'),
      ...(seconds === 0 ? {} : { expirationSeconds: seconds }),
      ...(kind === ''
        ? {}
        : {
            boundObjectRef: {
              apiVersion: 'v1',
              kind,
              name: given.text('bound-object-name'),
              ...(given.text('bound-object-uid') === '' ? {} : { uid: given.text('bound-object-uid') }),
            },
          }),
    };
    const answered = yield* want<{ readonly status?: { readonly token?: string } }>(call, {
      method: 'POST',
      path: `/api/v1/namespaces/${call.namespace}/serviceaccounts/${name}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec },
    });
    const text = answered.status?.token ?? '';
    if (text === '') throw failed('failed to create token: no token in server response');
    call.kubectl.out(call.kubectl.columns === null ? text : `${text}\n`);
    return 0;
  },
};
