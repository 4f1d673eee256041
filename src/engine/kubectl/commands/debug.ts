/** `kubectl debug`: an ephemeral container, a copy of a pod, a pod on a node. @source kubernetes kubectl/pkg/cmd/debug/{debug,profiles}.go */
import type { JsonObject, JsonValue } from '#engine/api/json';
import type { Node, Pod } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { pathOf, resourceFor } from '../call/discovery';
import { type Doing, random } from '../call/effects';
import { fetched } from '../call/targets';
import { attachWhenReady } from './attach';
import type { Command } from './command';
import { isImage } from './run';

const PROFILES = ['legacy', 'general', 'baseline', 'netadmin', 'restricted', 'sysadmin'];

export const debugCommand: Command = {
  *run(call) {
    const { flags } = call;
    const names = flags.dash < 0 ? flags.args : flags.args.slice(0, flags.dash);
    checked(call, names);
    for (const word of names) {
      const slash = word.indexOf('/');
      const resource = yield* resourceFor(call, slash < 0 ? 'pods' : word.slice(0, slash));
      const namespace = resource.namespaced ? call.namespace : '';
      const [found] = yield* fetched(call, { resource, namespace, name: word.slice(slash + 1) });
      const { object } = found!;
      if (object.kind !== 'Pod' && object.kind !== 'Node')
        throw failed(`"${resource.apiVersion}, Kind=${resource.kind}" not supported by debug`);
      const made =
        object.kind === 'Node' ? yield* debugNode(call, object as Node) : yield* debugPod(call, object as Pod);
      const attaches = flags.has('attach') ? flags.on('attach') : flags.on('stdin');
      if (attaches && made.container !== '') yield* attachWhenReady(call, made.pod, made.container);
    }
    return 0;
  },
};

function checked({ flags, kubectl }: Call, names: readonly string[]): void {
  const [image, copy] = [flags.text('image'), flags.text('copy-to')];
  const args = commandOf(flags);
  if (flags.on('attach') && image === '' && flags.text('container') === '')
    throw failed('you must specify --container or create a new container using --image in order to attach.');
  if (copy !== '') {
    if (image === '' && flags.list('set-image').length === 0 && args.length === 0)
      throw failed('you must specify --image, --set-image or command arguments.');
    if (args.length > 0 && flags.text('container') === '' && image === '')
      throw failed('you must specify an existing container or a new image when specifying args.');
  } else {
    for (const flag of ['replace', 'same-node', 'set-image'])
      if (flags.on(flag) || (flag === 'set-image' && flags.list(flag).length > 0))
        throw failed(`--${flag} may only be used with --copy-to.`);
    if (image === '') throw failed('you must specify --image when not using --copy-to.');
  }
  if (image !== '' && !isImage(image))
    throw failed(`invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (names.length === 0) throw failed('NAME or filename is required for debug');
  const policy = flags.text('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) throw failed(`invalid image pull policy: ${policy}`);
  const target = flags.text('target');
  if (target !== '' && copy !== '')
    throw failed('--target is incompatible with --copy-to. Use --share-processes instead.');
  if (target !== '' && !flags.on('quiet'))
    kubectl.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  if (flags.on('tty') && !flags.on('stdin')) throw failed('-i/--stdin is required for containers with -t/--tty=true');
  const profile = flags.text('profile', 'legacy');
  if (!PROFILES.includes(profile)) throw failed(`unknown profile: ${profile}`);
  if (profile === 'legacy')
    kubectl.err(
      '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
    );
}

const commandOf = ({ args, dash }: Call['flags']): readonly string[] => (dash < 0 ? [] : args.slice(dash));

interface Made {
  readonly pod: Pod;
  /** Empty: there is none to attach to. */
  readonly container: string;
}

/** What the flags say of the container. */
function containerOf({ flags }: Call, name: string): Record<string, JsonValue> {
  const command = commandOf(flags);
  const env = flags
    .list('env')
    .map((text) => ({ name: text.split('=', 1)[0]!, value: text.slice(text.indexOf('=') + 1) }));
  const policy = flags.text('image-pull-policy');
  return {
    ...(command.length === 0 ? {} : flags.on('arguments-only') ? { args: command } : { command }),
    ...(env.length === 0 ? {} : { env }),
    ...(flags.text('image') === '' ? {} : { image: flags.text('image') }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    name,
    ...(flags.on('stdin') ? { stdin: true } : {}),
    ...(flags.on('tty') ? { tty: true } : {}),
  };
}

/** @source profiles.go (securityContext of the container) */
function securityOf(profile: string, on: 'ephemeral' | 'copy' | 'node'): JsonObject | null {
  switch (profile) {
    case 'general':
      return on === 'node' ? null : { capabilities: { add: ['SYS_PTRACE'] } };
    case 'baseline':
      return on === 'copy' ? { capabilities: { add: ['SYS_PTRACE'] } } : null;
    case 'restricted':
      return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      };
    case 'netadmin':
      return { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } };
    case 'sysadmin':
      return { privileged: true };
    default:
      return null;
  }
}

function* nameOf(call: Call, pod: Pod | null): Doing<string> {
  const given = call.flags.text('container');
  if (given !== '') return given;
  if (pod === null) return 'debugger';
  const name = `debugger-${yield* random(5)}`;
  if (!call.flags.on('quiet')) call.kubectl.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

function* debugPod(call: Call, pod: Pod): Doing<Made> {
  const resource = yield* resourceFor(call, 'pods');
  if (call.flags.text('copy-to') !== '') return yield* debugCopy(call, pod);
  const name = yield* nameOf(call, pod);
  const target = call.flags.text('target');
  const security = securityOf(call.flags.text('profile', 'legacy'), 'ephemeral');
  const container: JsonObject = {
    ...containerOf(call, name),
    terminationMessagePolicy: 'File',
    ...(target === '' ? {} : { targetContainerName: target }),
    ...(security === null ? {} : { securityContext: security }),
  };
  const { namespace = '' } = pod.metadata;
  const changed = yield* want<Pod>(call, {
    method: 'PATCH',
    path: pathOf(resource, namespace, pod.metadata.name, 'ephemeralcontainers'),
    contentType: 'application/strategic-merge-patch+json',
    body: { spec: { ephemeralContainers: [container] } },
  });
  return { pod: changed, container: name };
}

function* debugCopy(call: Call, pod: Pod): Doing<Made> {
  const { flags } = call;
  const resource = yield* resourceFor(call, 'pods');
  const { namespace = '', labels, annotations, name: original } = pod.metadata;
  const profile = flags.text('profile', 'legacy');
  const { ephemeralContainers: _ephemeral, nodeName, initContainers, ...spec } = pod.spec as unknown as JsonObject;
  const images = new Map(
    flags.list('set-image').map((text) => [text.split('=', 1)[0]!, text.slice(text.indexOf('=') + 1)]),
  );
  const containers = (spec['containers'] as readonly JsonObject[]).map((one): JsonObject => {
    const image = images.get(one['name'] as string) ?? images.get('*');
    const probes = Object.fromEntries(
      ['livenessProbe', 'readinessProbe', 'startupProbe']
        .filter((probe) => one[probe] !== undefined && (profile === 'legacy' || keeps(flags, probe)))
        .map((probe) => [probe, one[probe]!]),
    );
    const { livenessProbe: _live, readinessProbe: _ready, startupProbe: _start, ...rest } = one;
    return { ...rest, ...probes, ...(image === undefined ? {} : { image }) };
  });
  const known = containers.findIndex(({ name }) => name === flags.text('container'));
  let container = flags.text('container');
  if (known >= 0)
    containers[known] = merged(containers[known]!, containerOf(call, container), flags.on('arguments-only'));
  else if (flags.text('image') === '') {
    if (images.size === 0) throw failed('you must specify image when creating new container');
    container = '';
  } else {
    container = yield* nameOf(call, pod);
    const security = securityOf(profile, 'copy');
    containers.push({
      ...containerOf(call, container),
      terminationMessagePolicy: 'File',
      ...(security === null ? {} : { securityContext: security }),
    });
  }
  const keepsInit = profile === 'legacy' || flags.on('keep-init-containers', true);
  const shares = flags.has('share-processes')
    ? { shareProcessNamespace: flags.on('share-processes') }
    : profile === 'legacy'
      ? {}
      : { shareProcessNamespace: true };
  const copy: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(annotations !== undefined && (profile === 'legacy' || flags.on('keep-annotations')) ? { annotations } : {}),
      ...(labels !== undefined && flags.on('keep-labels') ? { labels } : {}),
      name: flags.text('copy-to'),
      namespace,
    },
    spec: {
      ...spec,
      containers,
      ...(initContainers === undefined || !keepsInit ? {} : { initContainers }),
      ...(flags.on('same-node') && nodeName !== undefined ? { nodeName } : {}),
      ...shares,
    },
  };
  const made = yield* want<Pod>(call, { method: 'POST', path: pathOf(resource, namespace), body: copy });
  if (flags.on('replace'))
    yield* want(call, {
      method: 'DELETE',
      path: pathOf(resource, namespace, original),
      body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 },
    });
  return { pod: made, container };
}

const keeps = (flags: Call['flags'], probe: string): boolean => flags.on(`keep-${probe.replace('Probe', '')}`);

function merged(container: JsonObject, given: JsonObject, argumentsOnly: boolean): JsonObject {
  const { args: _args, ...rest } = container;
  const replaced = given['command'] !== undefined && !argumentsOnly ? rest : container;
  return { ...replaced, ...given };
}

function* debugNode(call: Call, node: Node): Doing<Made> {
  const { flags, kubectl } = call;
  const resource = yield* resourceFor(call, 'pods');
  const profile = flags.text('profile', 'legacy');
  const container = yield* nameOf(call, null);
  const name = `node-debugger-${node.metadata.name}-${yield* random(5)}`;
  if (!flags.on('quiet'))
    kubectl.out(`Creating debugging pod ${name} with container ${container} on node ${node.metadata.name}.\n`);
  const onHost = profile !== 'baseline' && profile !== 'restricted';
  const rooted = onHost && profile !== 'netadmin';
  const security = securityOf(profile, 'node');
  const pod: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' }, name },
    spec: {
      containers: [
        {
          ...containerOf(call, container),
          terminationMessagePolicy: 'File',
          ...(security === null ? {} : { securityContext: security }),
          ...(rooted ? { volumeMounts: [{ mountPath: '/host', name: 'host-root' }] } : {}),
        },
      ],
      ...(onHost ? { hostIPC: true, hostNetwork: true, hostPID: true } : {}),
      nodeName: node.metadata.name,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      ...(rooted ? { volumes: [{ hostPath: { path: '/' }, name: 'host-root' }] } : {}),
    },
  };
  const made = yield* want<Pod>(call, { method: 'POST', path: pathOf(resource, call.namespace), body: pod });
  return { pod: made, container };
}
