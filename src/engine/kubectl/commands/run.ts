/** `kubectl run`. @source kubernetes kubectl/pkg/cmd/run/run.go, kubectl/pkg/generate/versioned/run.go */
import { isJsonObject, type JsonObject } from '#engine/api/json';
import type { Pod } from '#engine/api/types';
import { ask, type Call, failed, usage } from '../call/context';
import { type Doing, Failure } from '../call/effects';
import { attachWhenReady, exitOf } from './attach';
import type { Command } from './command';
import { made } from './create';
import { dryRunOf } from './writing';

export const runCommand: Command = {
  *run(call) {
    const { flags } = call;
    const [name, ...args] = flags.args;
    if (name === undefined || flags.dash === 0) throw usage(call, 'NAME is required for run');
    const image = flags.text('image');
    if (image === '') throw failed('--image is required');
    if (!isImage(image)) throw failed(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
    if (flags.on('tty') && !flags.on('stdin'))
      throw usage(call, '-i/--stdin is required for containers with -t/--tty=true');
    if (flags.on('expose') && flags.text('port') === '') throw failed('--port must be set when exposing a service');
    const attaches = flags.has('attach') ? flags.on('attach') : flags.on('stdin');
    const policy = flags.text('restart') || (flags.on('stdin') ? 'OnFailure' : 'Always');
    if (!['Always', 'OnFailure', 'Never'].includes(policy)) throw failed(`invalid restart policy: ${policy}`);
    if (flags.on('rm') && !attaches) throw usage(call, '--rm should only be used for attached containers');
    if (attaches && dryRunOf(call) !== 'none')
      throw failed(
        "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
      );
    const pull = flags.text('image-pull-policy');
    if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull)) throw failed(`invalid image pull policy: ${pull}`);
    const wanted = podOf(call, name, image, args);
    const created = yield* made(call, overridden(wanted, flags.text('overrides')), {
      manager: 'kubectl-run',
      word: attaches ? null : 'created',
    });
    if (flags.on('expose')) yield* exposePod(call, created, name);
    if (!attaches) return 0;
    const pod = created as unknown as Pod;
    let failure: Failure | null = null;
    let code = 0;
    try {
      yield* attachWhenReady(call, pod);
      if (!flags.on('leave-stdin-open') && policy !== 'Always') code = yield* exitOf(call, pod, policy);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failure = error;
    }
    if (flags.on('rm')) yield* removePod(call, pod);
    if (failure !== null) throw failure;
    return code;
  },
};

/** What was made goes when it is over; nobody waits for it. */
function* removePod(call: Call, { metadata }: Pod): Doing<void> {
  const { name, namespace = '' } = metadata;
  const reply = yield* ask(call, {
    method: 'DELETE',
    path: `/api/v1/namespaces/${namespace}/pods/${name}`,
    body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
  });
  if (reply.ok && !call.flags.on('quiet')) call.kubectl.out(`pod "${name}" deleted from ${namespace} namespace\n`);
}

/** @source github.com/distribution/reference (ParseNormalizedNamed) */
export const isImage = (image: string): boolean =>
  /^[\w.-]+(?::\d+)?(?:\/[a-z0-9._-]+)*(?::[\w.-]{1,128})?(?:@sha256:[0-9a-f]{64})?$/.test(image);

export function podOf({ flags }: Call, name: string, image: string, args: readonly string[]): JsonObject {
  const interactive = flags.on('stdin');
  const env = flags.list('env').map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw failed(`invalid env: ${text}`);
    return { name: text.slice(0, at), value: text.slice(at + 1) };
  });
  const labels =
    flags.text('labels') === ''
      ? { run: name }
      : Object.fromEntries(
          flags
            .text('labels')
            .split(',')
            .map((pair) => [pair.split('=')[0]!, pair.split('=')[1] ?? '']),
        );
  const annotations = Object.fromEntries(
    flags.list('annotations').map((text) => [text.split('=')[0]!, text.slice(text.indexOf('=') + 1)]),
  );
  const port = flags.text('port');
  const policy = flags.text('image-pull-policy');
  const container = {
    ...(args.length === 0 ? {} : flags.on('command') ? { command: args } : { args }),
    ...(env.length === 0 ? {} : { env }),
    image,
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    name,
    ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
    ...(flags.on('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(interactive ? { stdin: true } : {}),
    ...(interactive && !flags.on('leave-stdin-open') ? { stdinOnce: true } : {}),
    ...(flags.on('tty') ? { tty: true } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...(Object.keys(annotations).length === 0 ? {} : { annotations }), labels, name },
    spec: {
      containers: [container],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: flags.text('restart') || (interactive ? 'OnFailure' : 'Always'),
    },
  };
}

/** An object with the fields of a text of JSON put over it. */
export function overridden(object: JsonObject, text: string): JsonObject {
  if (text === '') return object;
  let overrides: unknown;
  try {
    overrides = JSON.parse(text);
  } catch {
    throw failed(`Invalid JSON Patch`);
  }
  return merged(object, overrides as JsonObject);
}

function merged(base: JsonObject, over: JsonObject): JsonObject {
  const result = { ...base } as Record<string, JsonObject[string]>;
  for (const [key, value] of Object.entries(over)) {
    const known = result[key];
    if (value === null) delete result[key];
    else result[key] = isJsonObject(known) && isJsonObject(value) ? merged(known, value) : value;
  }
  return result;
}

function* exposePod(call: Call, pod: JsonObject, name: string): Doing<void> {
  const port = Number(call.flags.text('port'));
  const { labels } = pod['metadata'] as { readonly labels: JsonObject };
  yield* made(
    call,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { ports: [{ port, protocol: 'TCP', targetPort: port }], selector: labels },
    },
    { manager: 'kubectl-run' },
  );
}
