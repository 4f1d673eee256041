/** `kubectl attach`, and how `run` and `debug` attach to what they have made. @source kubernetes kubectl/pkg/cmd/{attach/attach,run/run}.go */
import type { Pod } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Call, failed } from '../call/context';
import { resourceFor } from '../call/discovery';
import { type Doing, Failure } from '../call/effects';
import { watchObject } from '../call/watching';
import type { Command } from './command';
import { connect, containerNamed, defaultContainer, logsOf, podsOf } from './streams';

/** How long a pod may take until it can be attached to. */
const POD_RUNS_WITHIN: Micros = 60 * SECOND;

export const attachCommand: Command = {
  *run(call) {
    const { flags } = call;
    const [first, second] = flags.args;
    if (first === undefined) throw failed('at least 1 argument is required for attach');
    if (flags.args.length > 2)
      throw failed(
        `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${flags.args.length}: [${flags.args.join(' ')}]`,
      );
    if (flags.has('pod-running-timeout') && flags.span('pod-running-timeout') <= 0)
      throw failed('--pod-running-timeout must be higher than zero');
    const { pods } = yield* podsOf(call, second === undefined ? first : `${first}/${second}`);
    const [pod] = pods;
    if (pod === undefined) throw failed('timed out waiting for the condition');
    const phase = pod.status?.phase ?? '';
    if (phase === 'Succeeded' || phase === 'Failed')
      throw failed(`cannot attach a container in a completed pod; current phase is ${phase}`);
    return yield* attachTo(call, pod, flags.text('container'));
  },
};

/** Attaches to a container that runs. @returns the exit code */
function* attachTo(call: Call, pod: Pod, given: string): Doing<number> {
  const { flags, kubectl } = call;
  const quiet = flags.on('quiet');
  const container = given || defaultContainer(call, pod, quiet);
  const found = containerNamed(pod, container);
  if (found === null)
    throw failed(`cannot attach to the container: container ${container} not found in pod ${pod.metadata.name}`);
  const tty = found.tty === true;
  if (flags.on('tty') && !tty && !quiet)
    kubectl.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
  if (!quiet)
    kubectl.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  const code = yield* connect(call, pod, { container, how: 'attach', tty });
  if (quiet || !flags.on('stdin') || !tty || !kubectl.interactive) return code;
  const again = `'${call.command.split(' ', 1)[0]} attach ${pod.metadata.name} -c ${container} -n ${pod.metadata.namespace} -i -t'`;
  const ephemeral = (pod.spec.ephemeralContainers ?? []).some(({ name }) => name === container);
  kubectl.out(
    ephemeral
      ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${again} if it is still running\n`
      : `Session ended, resume using ${again} command\n`,
  );
  return code;
}

interface Waited {
  pod: Pod | null;
}

/** Waits until a pod is as `holds` says. */
export function* waitForPod(call: Call, pod: Pod, holds: (pod: Pod) => boolean, within?: Micros): Doing<Pod> {
  const resource = yield* resourceFor(call, 'pods');
  const waited: Waited = { pod: null };
  const { name, namespace = '' } = pod.metadata;
  const ended = yield* watchObject(
    call,
    { resource, namespace, name },
    waited,
    (memory, type, object) => {
      if (object === null) return false;
      if (type === 'DELETED') throw failed(`pods ${JSON.stringify(name)} not found`);
      memory.pod = object as Pod;
      return holds(memory.pod);
    },
    within,
  );
  if (ended === 'late' || waited.pod === null) throw failed('timed out waiting for the condition');
  return waited.pod;
}

const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const runs = (pod: Pod): boolean =>
  isOver(pod) ||
  (pod.status?.phase === 'Running' &&
    (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True'));

const timeoutOf = ({ flags }: Call): Micros => flags.span('pod-running-timeout', POD_RUNS_WITHIN);

/** Attaches to a pod once it runs; shows its log when it is over already, or cannot be attached to. */
export function* attachWhenReady(call: Call, made: Pod, container = ''): Doing<void> {
  const ready = (pod: Pod): boolean => {
    if (container === '') return runs(pod);
    const { state } = statusNamed(pod, container) ?? {};
    return state?.running !== undefined || state?.terminated !== undefined;
  };
  const pod = yield* waitForPod(call, made, ready, timeoutOf(call));
  const name = container || defaultContainer(call, pod, true);
  const over = container === '' ? isOver(pod) : statusNamed(pod, container)?.state?.terminated !== undefined;
  if (over) return yield* logsOf(call, pod, name, -1, '');
  try {
    yield* attachTo(call, pod, name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const reason = error.message.replace(/^error: /, '');
    call.kubectl.err(
      `warning: couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs: ${reason}\n`,
    );
    yield* logsOf(call, pod, name, -1, '');
  }
}

const statusNamed = ({ status }: Pod, container: string) =>
  [
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
  ].find(({ name }) => name === container);

/** Waits until the pod is over, and ends as its container did. @returns the exit code */
export function* exitOf(call: Call, made: Pod, policy: string): Doing<number> {
  const ends = policy === 'OnFailure' ? ({ status }: Pod): boolean => status?.phase === 'Succeeded' : isOver;
  const pod = yield* waitForPod(call, made, ends, timeoutOf(call));
  if (pod.status?.phase === 'Succeeded') return 0;
  const { namespace = '', name } = pod.metadata;
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (ended === undefined || ended.exitCode === 0)
    throw failed(`pod ${namespace}/${name} failed with unknown exit code`);
  throw new Failure(
    `pod ${namespace}/${name} terminated (${ended.reason ?? ''})\n${ended.message ?? ''}`,
    ended.exitCode,
  );
}
