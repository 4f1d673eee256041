/** `kubectl run`. @source kubernetes kubectl/pkg/cmd/run/run.go, kubectl/pkg/generate/versioned/run.go */
import { isJsonObject, type JsonObject } from '#engine/api/json';
import { type Call, failed, usage } from '../call/context';
import { type Doing } from '../call/effects';
import { flagsOf } from '../call/flags';
import type { Command } from './command';
import { made } from './create';
import { WRITING_FLAGS } from './writing';

export const runCommand: Command = {
  flags: [
    ...WRITING_FLAGS,
    ...flagsOf(
      'image image-pull-policy restart labels,l env:array port overrides override-type annotations:array save-config:switch',
      'command:switch expose:switch attach:switch stdin,i:switch tty,t:switch rm:switch leave-stdin-open:switch quiet,q:switch privileged:switch',
      'pod-running-timeout:span grace-period:number force:switch timeout:span wait:switch cascade=background now:switch',
    ),
  ],
  *run(call) {
    const { flags } = call;
    const [name, ...args] = flags.args;
    if (name === undefined || flags.dash === 0) throw usage(call, 'NAME is required for run');
    const image = flags.text('image');
    if (image === '') throw failed('--image is required');
    if (!isImage(image)) throw failed(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
    if (flags.on('rm') && !flags.on('attach') && !flags.on('stdin'))
      throw failed('--rm should only be used for attached containers');
    if (flags.on('expose') && flags.text('port') === '') throw failed('--port must be set when exposing a service');
    const pod = podOf(call, name, image, args);
    const created = yield* made(call, overridden(pod, flags.text('overrides')), {
      manager: 'kubectl-run',
      word: 'created',
    });
    if (flags.on('expose')) yield* exposePod(call, created, name);
    return 0;
  },
};

/** @source github.com/distribution/reference (ParseNormalizedNamed) */
const isImage = (image: string): boolean =>
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
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.text('restart') || 'Always' },
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
