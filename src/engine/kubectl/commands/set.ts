/** `kubectl set`. @source kubernetes kubectl/pkg/cmd/set/{set_image,set_env,set_resources,set_selector,set_serviceaccount,set_subject}.go */
import { byteOrder, isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import type { ConfigMap, Container, KubeObject, PodSpec, RoleBinding } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { pathOf, resourceFor } from '../call/discovery';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, objectsOf } from '../call/targets';
import type { Command, Family } from './command';
import { subjectsOf } from './create-others';
import { dryRunOf, patchRequest, type PatchType, tell } from './writing';

interface Pods {
  readonly spec: PodSpec;
  /** A change of the pod's spec as a change of the object. */
  readonly wrap: (spec: JsonObject) => JsonObject;
}

/** Where the pod of an object stands; null: it makes none. */
function podsOf(object: KubeObject): Pods | null {
  const spec = (object as { readonly spec?: JsonObject }).spec ?? {};
  if (object.kind === 'Pod') return { spec: spec as unknown as PodSpec, wrap: (inner) => ({ spec: inner }) };
  const job = object.kind === 'CronJob' && isJsonObject(spec['jobTemplate']) ? spec['jobTemplate']['spec'] : spec;
  const template = isJsonObject(job) ? job['template'] : undefined;
  if (!isJsonObject(template)) return null;
  const wrapped = (inner: JsonObject): JsonObject => ({ spec: { template: { spec: inner } } });
  return {
    spec: template['spec'] as unknown as PodSpec,
    wrap: object.kind === 'CronJob' ? (inner) => ({ spec: { jobTemplate: wrapped(inner) } }) : wrapped,
  };
}

/** A command that changes each object by a patch; null: there is nothing to change. */
function setting(
  word: string,
  resourcesOf: (call: Call) => readonly string[],
  patchOf: (call: Call, found: Found) => { readonly body: JsonValue; readonly type: PatchType } | null,
): Command {
  return {
    *run(call) {
      const failures = new Failures();
      for (const found of yield* objectsOf(call, resourcesOf(call), failures)) {
        try {
          yield* change(call, found, patchOf(call, found), word);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          failures.add(error);
        }
      }
      failures.tell();
      return 0;
    },
  };
}

function* change(
  call: Call,
  found: Found,
  patch: { readonly body: JsonValue; readonly type: PatchType } | null,
  word: string,
): Doing<void> {
  if (patch === null) return;
  const object = found.object as unknown as JsonObject;
  const changed =
    dryRunOf(call) === 'client' || call.flags.on('local')
      ? object
      : yield* want<JsonObject>(call, patchRequest(call, found, patch.type, patch.body, 'kubectl-set'));
  yield* tell(call, found.resource, changed, word);
}

const isPair = (arg: string): boolean => arg.includes('=') || (arg.endsWith('-') && !arg.includes('/'));
const resources = ({ flags }: Call): readonly string[] => flags.args.filter((arg) => !isPair(arg));
const pairs = ({ flags }: Call): readonly string[] => flags.args.filter(isPair);

const chosen = (containers: readonly Container[], name: string): readonly Container[] =>
  containers.filter((one) => name === '*' || one.name === name);

const image = setting('image updated', resources, (call, { object }) => {
  const wanted = pairs(call);
  if (wanted.length === 0) throw failed('at least one image update is required');
  const pods = podsOf(object);
  if (pods === null) throw failed(`${object.kind} is not supported`);
  const changes: Record<'containers' | 'initContainers', JsonObject[]> = { containers: [], initContainers: [] };
  for (const pair of wanted) {
    const [name = '', to = ''] = pair.split('=');
    let any = false;
    for (const list of ['containers', 'initContainers'] as const) {
      for (const container of chosen(pods.spec[list] ?? [], name)) {
        any = true;
        if (container.image !== to) changes[list].push({ name: container.name, image: to });
      }
    }
    if (!any) throw failed(`unable to find container named ${JSON.stringify(name)}`);
  }
  const spec = Object.fromEntries(Object.entries(changes).filter(([, list]) => list.length > 0));
  return Object.keys(spec).length === 0 ? null : { body: pods.wrap(spec), type: 'strategic' };
});

/** What an environment variable of a key is called. @source set_env.go (keyToEnvName) */
const variableOf = (key: string, prefix: string): string =>
  `${prefix}${key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase()}`;

/** Variables that take their values from the keys of a ConfigMap or of a Secret. */
function* variablesFrom(call: Call): Doing<readonly JsonObject[]> {
  const { flags } = call;
  if (!flags.has('from')) return [];
  const [type = '', name = ''] = flags.text('from').split('/');
  const resource = yield* resourceFor(call, type);
  const field = { ConfigMap: 'configMapKeyRef', Secret: 'secretKeyRef' }[resource.kind];
  if (field === undefined) throw failed(`unsupported resource specified in --from`);
  const { data = {} } = yield* want<ConfigMap>(call, { method: 'GET', path: pathOf(resource, call.namespace, name) });
  const keys = flags.list('keys');
  return Object.keys(data)
    .filter((key) => keys.length === 0 || keys.includes(key))
    .sort(byteOrder)
    .map((key) => ({ name: variableOf(key, flags.text('prefix')), valueFrom: { [field]: { key, name } } }));
}

const plainEnv = (from: readonly JsonObject[]): Command =>
  setting('env updated', resources, (call, { object }) => {
    const pods = podsOf(object);
    if (pods === null) throw failed(`${object.kind} is not supported`);
    const wanted = [...pairs(call), ...call.flags.list('env')];
    if (wanted.length === 0 && !call.flags.has('from'))
      throw failed('at least one environment variable must be provided');
    const containers: JsonObject[] = [];
    for (const container of chosen(pods.spec.containers, call.flags.text('containers', '*'))) {
      if (!call.flags.on('overwrite', true)) keepsValues(container, wanted);
      const env: JsonObject[] = [...from];
      for (const text of wanted) {
        const at = text.indexOf('=');
        if (at < 0) env.push({ $patch: 'delete', name: text.slice(0, -1) });
        else if (container.env?.find((one) => one.name === text.slice(0, at))?.value !== text.slice(at + 1))
          env.push({ name: text.slice(0, at), value: text.slice(at + 1) });
      }
      if (env.length > 0) containers.push({ name: container.name, env });
    }
    return containers.length === 0 ? null : { body: pods.wrap({ containers }), type: 'strategic' };
  });

/** @source set_env.go (validateNoOverwrites) */
function keepsValues({ env = [] }: Container, wanted: readonly string[]): void {
  for (const text of wanted) {
    const name = text.split('=', 1)[0]!;
    const before = env.find((one) => one.name === name && one.value !== undefined);
    if (before !== undefined && text.includes('='))
      throw failed(`'${name}' already has a value (${before.value}), and --overwrite is false`);
  }
}

const env: Command = {
  *run(call) {
    if (!call.flags.on('list')) return yield* plainEnv(yield* variablesFrom(call)).run(call);
    const failures = new Failures();
    for (const { object, resource, name } of yield* objectsOf(call, resources(call), failures)) {
      const { kubectl } = call;
      for (const container of podsOf(object)?.spec.containers ?? []) {
        kubectl.out(`# ${resource.kind} ${name}, container ${container.name}\n`);
        for (const { name: key, value = '', valueFrom } of container.env ?? [])
          kubectl.out(
            valueFrom === undefined ? `${key}=${value}\n` : `# ${key} from ${Object.keys(valueFrom)[0] ?? ''}\n`,
          );
      }
    }
    failures.tell();
    return 0;
  },
};

const amounts = (text: string): JsonObject => {
  const list: Record<string, string> = {};
  for (const pair of text.split(',').filter((one) => one !== '')) {
    const [name = '', amount = ''] = pair.split('=');
    if (amount === '') throw failed(`invalid argument syntax ${JSON.stringify(pair)}, expected <resource>=<value>`);
    list[name] = amount;
  }
  return list;
};

const resourcesCommand = setting(
  'resource requirements updated',
  (call) => call.flags.args,
  (call, { object }) => {
    const { flags } = call;
    if (!flags.has('limits') && !flags.has('requests'))
      throw failed('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const pods = podsOf(object);
    if (pods === null) throw failed(`${object.kind} is not supported`);
    const wanted = {
      ...(flags.has('limits') ? { limits: amounts(flags.text('limits')) } : {}),
      ...(flags.has('requests') ? { requests: amounts(flags.text('requests')) } : {}),
    };
    const containers = chosen(pods.spec.containers, flags.text('containers', '*')).map(({ name }) => ({
      name,
      resources: wanted,
    }));
    if (containers.length === 0) throw failed(`unable to find container named ${flags.text('containers')}`);
    return { body: pods.wrap({ containers }), type: 'strategic' };
  },
);

const serviceaccount = setting(
  'serviceaccount updated',
  (call) => call.flags.args.slice(0, -1),
  (call, { object }) => {
    const serviceAccountName = call.flags.args.at(-1) ?? '';
    if (call.flags.args.length < 2) throw failed('serviceaccount is required');
    const pods = podsOf(object);
    if (pods === null) throw failed(`${object.kind} is not supported`);
    return { body: pods.wrap({ serviceAccountName }), type: 'strategic' };
  },
);

const selector = setting('selector updated', resources, (call, { object }) => {
  if (object.kind !== 'Service') throw failed(`setting a selector is only supported for Services`);
  const wanted = Object.fromEntries(
    pairs(call)
      .flatMap((text) => text.split(','))
      .map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']),
  );
  const before =
    (object as unknown as { readonly spec: { readonly selector?: Readonly<Record<string, string>> } }).spec.selector ??
    {};
  const removed = Object.fromEntries(
    Object.keys(before)
      .filter((key) => !(key in wanted))
      .map((key) => [key, null]),
  );
  return { body: { spec: { selector: { ...wanted, ...removed } } }, type: 'merge' };
});

const subject = setting(
  'subjects updated',
  (call) => call.flags.args,
  (call, { object }) => {
    const added = subjectsOf(call);
    if (added.length === 0) throw failed('you must specify at least one value of user, group or serviceaccount');
    const before = ((object as RoleBinding).subjects ?? []) as unknown as readonly JsonObject[];
    const fresh = added.filter(
      (one) =>
        !before.some(
          (old) => old['kind'] === one['kind'] && old['name'] === one['name'] && old['namespace'] === one['namespace'],
        ),
    );
    return fresh.length === 0 ? null : { body: { subjects: [...before, ...fresh] }, type: 'merge' };
  },
);

export const setCommands: Family = {
  commands: { image, env, resources: resourcesCommand, serviceaccount, sa: serviceaccount, selector, subject },
};
