/** `kubectl logs` and `kubectl exec`. @source kubernetes kubectl/pkg/cmd/{logs/logs,exec/exec,util/podcmd/podcmd}.go, kubectl/pkg/polymorphichelpers/logsforobject.go */
import { bytesOf, textOf } from '#engine/api/bytes';
import { byteOrder } from '#engine/api/json';
import type { KubeObject, LabelSelector, Pod, Status } from '#engine/api/types';
import { CHANNELS } from '#engine/apiserver/wire';
import { type Call, carried, failed, statusOf, want } from '../call/context';
import { resourceFor } from '../call/discovery';
import { type Doing, Failure, type StreamDoing, type StreamEvent, stream } from '../call/effects';
import { statusText } from '../call/errors';
import { fetched } from '../call/targets';
import { selectorText } from '../describe/description';
import type { Command } from './command';

const names = (containers: readonly { readonly name: string }[] | undefined): string[] =>
  (containers ?? []).map(({ name }) => name);

/** The container that is meant when none is named. */
export function defaultContainer(call: Call, { metadata, spec }: Pod, quiet: boolean): string {
  const annotated = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const own = names(spec.containers);
  if (annotated !== undefined && own.includes(annotated)) return annotated;
  const all = [
    ...own,
    ...names(spec.ephemeralContainers).map((name) => `${name} (ephem)`),
    ...names(spec.initContainers).map((name) => `${name} (init)`),
  ];
  if (all.length > 1 && !quiet)
    call.kubectl.err(`Defaulted container ${JSON.stringify(own[0])} out of: ${all.join(', ')}\n`);
  return own[0] ?? '';
}

export const containerNamed = ({ spec }: Pod, wanted: string): { readonly tty?: boolean } | null =>
  [...spec.containers, ...(spec.ephemeralContainers ?? []), ...(spec.initContainers ?? [])].find(
    ({ name }) => name === wanted,
  ) ?? null;

const hasContainer = (pod: Pod, name: string): boolean => containerNamed(pod, name) !== null;

/** The pods that a word means: one, or those of a workload or a Service. `doing`: what is said not to be possible with others. */
export function* podsOf(
  call: Call,
  word: string,
  doing = 'attach to',
): Doing<{ readonly pods: readonly Pod[]; readonly of: KubeObject | null }> {
  const slash = word.indexOf('/');
  const resource = yield* resourceFor(call, slash < 0 ? 'pods' : word.slice(0, slash));
  const name = word.slice(slash + 1);
  const [found] = yield* fetched(call, { resource, namespace: call.namespace, name });
  const object = found!.object;
  if (resource.kind === 'Pod') return { pods: [object as Pod], of: null };
  const given = (object as unknown as { readonly spec?: { readonly selector?: object } }).spec?.selector;
  const type = `*${resource.apiVersion.split('/').at(-1)}.${resource.kind}`;
  if (given === undefined) throw failed(`cannot ${doing} ${type}: selector for ${type} not implemented`);
  const labels =
    'matchLabels' in given || 'matchExpressions' in given
      ? given
      : { matchLabels: given as Readonly<Record<string, string>> };
  const { items } = yield* want<{ readonly items: readonly Pod[] }>(call, {
    method: 'GET',
    path: `/api/v1/namespaces/${call.namespace}/pods`,
    query: { labelSelector: selectorText(labels as LabelSelector) },
  });
  return { pods: items.toSorted(podOrder), of: object };
}

const PHASES: Readonly<Record<string, number>> = { Running: 0, Pending: 2 };
const rank = ({ spec, status }: Pod): number => (spec.nodeName ? 0 : 8) + (PHASES[status?.phase ?? ''] ?? 1);
const podOrder = (a: Pod, b: Pod): number =>
  rank(a) - rank(b) ||
  byteOrder(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
  byteOrder(a.metadata.name, b.metadata.name);

export const logsCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const [word, second] = flags.args;
    const selector = flags.text('selector');
    if (word === undefined && selector === '')
      throw new Failure(
        "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples",
      );
    let pods: readonly Pod[];
    if (selector !== '') {
      pods = (yield* want<{ readonly items: readonly Pod[] }>(call, {
        method: 'GET',
        path: `/api/v1/namespaces/${call.namespace}/pods`,
        query: { labelSelector: selector },
      })).items;
      if (pods.length === 0) {
        kubectl.err(`No resources found in ${call.namespace} namespace.\n`);
        return 0;
      }
    } else pods = yield* logPods(call, word!);
    const tail = flags.number('tail', selector === '' ? -1 : 10);
    const prefixed = flags.on('prefix') || flags.on('all-pods');
    const logs: { readonly pod: Pod; readonly container: string }[] = [];
    for (const pod of pods) {
      const given = flags.text('container') || (second ?? '');
      if (given !== '' && !hasContainer(pod, given))
        throw failed(`container ${given} is not valid for pod ${pod.metadata.name}`);
      const containers = flags.on('all-containers')
        ? [...names(pod.spec.initContainers), ...names(pod.spec.containers), ...names(pod.spec.ephemeralContainers)]
        : [given || defaultContainer(call, pod, false)];
      for (const container of containers) logs.push({ pod, container });
    }
    const most = flags.number('max-log-requests', 5);
    if (flags.on('follow') && logs.length > most)
      throw failed(
        `you are attempting to follow ${logs.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
      );
    for (const { pod, container } of logs)
      yield* logsOf(call, pod, container, tail, prefixed ? `[pod/${pod.metadata.name}/${container}] ` : '');
    return 0;
  },
};

function* logPods(call: Call, word: string): Doing<readonly Pod[]> {
  try {
    const { pods, of } = yield* podsOf(call, word, 'get the logs from');
    const [first] = pods;
    if (first === undefined) throw failed('timed out waiting for the condition');
    if (of === null || call.flags.on('all-pods')) return pods;
    if (pods.length > 1) call.kubectl.err(`Found ${pods.length} pods, using pod/${first.metadata.name}\n`);
    return [first];
  } catch (error) {
    if (error instanceof Failure && error.status?.reason === 'NotFound')
      throw failed(
        `error from server (NotFound): ${error.status.message} in namespace ${JSON.stringify(call.namespace)}`,
      );
    throw error;
  }
}

/** Prints the log of a container. */
export function* logsOf(call: Call, pod: Pod, container: string, tail: number, prefix: string): Doing<void> {
  const { flags } = call;
  const query = {
    container,
    ...(flags.on('follow') ? { follow: 'true' } : {}),
    ...(flags.on('previous') ? { previous: 'true' } : {}),
    ...(flags.on('timestamps') ? { timestamps: 'true' } : {}),
    ...(tail >= 0 ? { tailLines: String(tail) } : {}),
    ...(flags.has('since') ? { sinceSeconds: String(Math.ceil(flags.span('since') / 1_000_000)) } : {}),
    ...(flags.has('since-time') ? { sinceTime: flags.text('since-time') } : {}),
    ...(flags.has('limit-bytes') ? { limitBytes: flags.text('limit-bytes') } : {}),
  };
  const spec = {
    method: 'GET' as const,
    path: `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/log`,
    query,
  };
  const marked = (text: string): string => (prefix === '' ? text : text.replace(/^(?=.)/gm, prefix));
  const state = { failure: '' };
  const seen = yield* stream(carried(call, spec), state, (memory, event, doing) => {
    if (event.type !== 'said') return false;
    const { message } = event;
    if (message.type === 'api/stream-chunk') doing.out(marked(textOf(message.data)));
    if (message.type === 'api/response' && message.code >= 400)
      memory.failure = statusText(statusOf({ ok: false, code: message.code, body: message.body, warnings: [] }));
    else if (message.type === 'api/response' && message.code === 0) memory.failure = statusText(message.body as Status);
    else if (message.type === 'api/response' && typeof message.body === 'string') doing.out(marked(message.body));
    return message.type === 'api/watch-closed' || (message.type === 'api/response' && message.streaming !== true);
  });
  if (seen.failure !== '') throw new Failure(seen.failure);
}

export const execCommand: Command = {
  *run(call) {
    const { flags } = call;
    const { args, dash } = flags;
    const [word] = args;
    if (word === undefined || dash === 0)
      throw new Failure(
        "error: pod, type/name or --filename must be specified\nSee 'kubectl exec -h' for help and examples",
      );
    if (dash < 0 && args.length > 1)
      throw new Failure(
        "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
      );
    const command = dash < 0 ? [] : args.slice(dash);
    if (command.length === 0) throw failed('you must specify at least one command for the container');
    const { pods } = yield* podsOf(call, word);
    const [pod] = pods;
    if (pod === undefined) throw failed('timed out waiting for the condition');
    const phase = pod.status?.phase ?? '';
    if (phase === 'Succeeded' || phase === 'Failed')
      throw failed(`cannot exec into a container in a completed pod; current phase is ${phase}`);
    const container = flags.text('container') || defaultContainer(call, pod, flags.on('quiet'));
    if (!hasContainer(pod, container)) throw failed(`container ${container} not found in pod ${pod.metadata.name}`);
    return yield* connect(call, pod, { container, how: 'exec', command, tty: flags.on('tty') });
  },
};

interface Connected {
  open: boolean;
  failure: string;
  code: number;
  /** What was typed before the connection stood. */
  typed: string;
  ended: boolean;
  /** Bytes that are its whole input. */
  bytes?: string | null;
  /** What it prints is kept here, as bytes, instead of printed. */
  readonly taken: { out: string; err: string } | null;
}

interface Connection {
  readonly container: string;
  readonly how: 'exec' | 'attach';
  readonly command?: readonly string[];
  /** The container has a terminal, or is to have one. */
  readonly tty: boolean;
}

/** Runs a command in a container, or attaches to its own. @returns the exit code */
export function* connect(
  call: Call,
  pod: Pod,
  { container, how, command = [], tty: wantsTty }: Connection,
): Doing<number> {
  const { flags, kubectl } = call;
  const stdin = flags.on('stdin');
  const tty = wantsTty && stdin && kubectl.interactive;
  if (how === 'exec' && wantsTty && !tty)
    kubectl.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  const state: Connected = { open: false, failure: '', code: 0, typed: '', ended: false, taken: null };
  const spec = connectSpec(pod, how, { container, command, stdin, tty: tty || (how === 'attach' && wantsTty) });
  const seen = yield* stream(carried(call, spec), state, takeConnection, { input: stdin });
  if (seen.failure !== '') throw new Failure(seen.failure, seen.code === 0 ? 1 : seen.code);
  return seen.code;
}

function connectSpec(
  { metadata }: Pod,
  how: 'exec' | 'attach',
  asked: {
    readonly container: string;
    readonly command: readonly string[];
    readonly stdin: boolean;
    readonly tty: boolean;
  },
) {
  const { container, command, stdin, tty } = asked;
  const [first] = command;
  return {
    method: 'GET' as const,
    path: `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/${how}`,
    query: {
      container,
      ...(first === undefined ? {} : { command: first }),
      ...(stdin ? { stdin: 'true' } : {}),
      stdout: 'true',
      ...(tty ? { tty: 'true' } : { stderr: 'true' }),
    },
    ...(command.length > 1 ? { repeated: { command } } : {}),
    upgrade: true as const,
  };
}

/** What a command that was run in a container has come to. */
export interface RanIn {
  /** Bytes. */
  readonly out: string;
  readonly err: string;
  readonly code: number;
  /** What kubectl says of it; empty: nothing. */
  readonly failure: string;
}

/** Runs a command and keeps what it prints; `input`: bytes of its standard input. Its errors are printed when there is input and it is not silent. */
export function* ranIn(
  call: Call,
  pod: Pod,
  {
    container,
    command,
    input,
    silent = false,
  }: {
    readonly container: string;
    readonly command: readonly string[];
    readonly input?: string;
    readonly silent?: boolean;
  },
): Doing<RanIn> {
  const spec = connectSpec(pod, 'exec', { container, command, stdin: input !== undefined, tty: false });
  const taken = { out: '', err: '' };
  const state: Connected = { open: false, failure: '', code: 0, typed: '', ended: false, bytes: input ?? null, taken };
  const seen = yield* stream(carried(call, spec), state, takeConnection);
  const { out, err } = seen.taken ?? taken;
  if (input !== undefined && !silent) call.kubectl.err(textOf(err));
  return { out, err: input === undefined && !silent ? textOf(err) : '', code: seen.code, failure: seen.failure };
}

function takeConnection(state: Connected, event: StreamEvent, doing: StreamDoing): boolean {
  if (event.type === 'input') {
    state.typed += event.text;
    state.ended ||= event.end;
    if (state.open) sendTyped(state, doing);
    return false;
  }
  if (event.type !== 'said') return false;
  const { message } = event;
  switch (message.type) {
    case 'api/response':
      if (message.streaming === true) {
        state.open = true;
        sendTyped(state, doing);
        return false;
      }
      state.failure =
        message.code === 0
          ? statusText(message.body as Status)
          : statusText(statusOf({ ok: false, code: message.code, body: message.body, warnings: [] }));
      return true;
    case 'api/stream-chunk':
      if (state.taken !== null && message.channel === CHANNELS.stdout) state.taken.out += message.data;
      else if (state.taken !== null && message.channel === CHANNELS.stderr) state.taken.err += message.data;
      else if (message.channel === CHANNELS.stdout && message.data !== '') doing.out(textOf(message.data));
      else if (message.channel === CHANNELS.stderr && message.data !== '') doing.err(textOf(message.data));
      if (message.channel === CHANNELS.error && message.data !== '')
        takeStatus(state, JSON.parse(textOf(message.data)) as Status);
      return false;
    default:
      return message.type === 'api/watch-closed';
  }
}

function sendTyped(state: Connected, doing: StreamDoing): void {
  if (state.bytes) {
    doing.send(CHANNELS.stdin, state.bytes, true);
    state.bytes = null;
    return;
  }
  if (state.typed === '' && !state.ended) return;
  doing.send(CHANNELS.stdin, bytesOf(state.typed), state.ended);
  state.typed = '';
}

function takeStatus(state: Connected, status: Status): void {
  if (status.status !== 'Failure') return;
  const exit = status.details?.causes?.find(
    (cause) => (cause as { readonly reason?: string }).reason === 'ExitCode',
  )?.message;
  if (exit === undefined) {
    state.failure = `error: ${status.message ?? ''}`;
    state.code = 1;
    return;
  }
  state.code = Number(exit);
  state.failure = `command terminated with exit code ${exit}`;
}
