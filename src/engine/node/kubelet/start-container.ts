/**
 * One container on its way to running: back-off, image, configuration, create, start.
 *
 * @source kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go (startContainer), kuberuntime_manager.go (doBackOff)
 */
import type { Container, Pod } from '#engine/api/types';
import { cacheOf } from '#engine/client/cache';
import type { Context } from '#engine/kernel/process';
import type { ContainerConfig, CriAnswer, RuntimeContainerStatus } from '../runtime/cri';
import { backOffEnd, goSeconds, nextBackOff } from './back-off';
import { knownObjects, objectsReady, referencesOf } from './config-objects';
import { containerFiles } from './container-files';
import { containerEnvironment, expandVariables } from './environment';
import { postStart } from './hooks';
import { ensureImage } from './image-puller';
import { allocatableOf, memoryCapacity } from './node-object';
import { oomScoreAdj } from './oom-score';
import { containerEvent, podSubject, podText } from './pod-events';
import { terminated } from './pod-status';
import { startProbes } from './probes';
import { kubeletServer } from './server/late';
import { namesToken } from './token-mounts';
import { askRuntime } from './runtime-link';
import { type ContainerWork, type KubeletState, type PodWorker, specsOf } from './state';
import { syncAt, SYNC_RETRY } from './sync-timer';

export const containerSpec = (worker: PodWorker, work: ContainerWork): Container | undefined =>
  specsOf(worker.pod.spec, work.role)?.[work.index];

/** Takes the container as far as it goes now. */
export function startWork(state: KubeletState, worker: PodWorker, work: ContainerWork, ctx: Context): void {
  const spec = containerSpec(worker, work);
  if (spec === undefined || work.busy !== null || inBackOff(state, worker, work, ctx)) return;
  if (ensureImage(state, worker, work, spec, ctx) === 'present') configure(state, worker, work, ctx);
}

/** After a container ended: waits for its back-off, or counts it on. */
function inBackOff(state: KubeletState, worker: PodWorker, work: ContainerWork, ctx: Context): boolean {
  const ended = work.runtime;
  if (ended?.state !== 'exited' || work.passedBackOff === ended.id) return false;
  const entry = worker.backOff?.get(work.name);
  const end = backOffEnd(entry, work.endedAt);
  if (entry !== undefined && end > ctx.monotonic) {
    const { pod } = worker;
    if (work.waiting?.reason !== 'CrashLoopBackOff') {
      containerEvent(
        state,
        pod,
        work,
        ctx,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${work.name} in pod ${podText(pod)}`,
      );
      ctx.explain({
        what: 'restart-back-off',
        subject: podSubject(pod),
        text: `Container ${work.name} has ended again; it waits ${goSeconds(entry.delay)} before its next start.`,
      });
    }
    work.waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${goSeconds(entry.delay)} restarting failed container=${work.name} pod=${podText(pod)}`,
    };
    syncAt(worker, end, ctx);
    return true;
  }
  (worker.backOff ??= new Map()).set(work.name, nextBackOff(entry, work.endedAt, ctx.monotonic));
  work.passedBackOff = ended.id;
  return false;
}

/** The image is there: environment and files, then the runtime makes the container. */
export function configure(state: KubeletState, worker: PodWorker, work: ContainerWork, ctx: Context): void {
  const spec = containerSpec(worker, work);
  if (spec === undefined || worker.sandbox?.state !== 'ready') return;
  const looks = namesToken(worker.pod, spec);
  if (
    !objectsReady(state, worker, referencesOf(spec), ctx) ||
    (looks && !kubeletServer.code.tokensReady(state, worker, ctx)) ||
    !directoriesReady(state, worker, ctx)
  ) {
    work.busy = 'config';
    return;
  }
  work.busy = null;
  const { pod } = worker;
  if (!state.servicesSynced && worker.mirror === undefined)
    return configError(
      state,
      worker,
      work,
      'services have not yet been read at least once, cannot construct envvars',
      ctx,
    );
  const { configMap, secret } = knownObjects(state, pod.metadata.namespace ?? '');
  const facts = {
    configMap,
    secret,
    services: cacheOf(state.client, 'Service').list(),
    hostIP: state.args.node.internalIP,
    podIP: worker.sandbox.ip,
    nodeName: state.args.node.name,
    allocatable: allocatableOf(state.args.node),
  };
  const environment = containerEnvironment(pod, spec, facts);
  if (!environment.ok) return configError(state, worker, work, environment.error, ctx);
  const rootError = nonRootError(state, worker, spec);
  if (rootError !== null) return configError(state, worker, work, rootError, ctx);
  const { env } = environment;
  const { directories } = worker;
  const { resources } = spec;
  const { hostAliases } = pod.spec;
  const profiles = localProfiles(pod, spec);
  // Field by field: an object of spread parts would be a dictionary.
  const config: { -readonly [Field in keyof ContainerConfig]: ContainerConfig[Field] } = {
    name: work.name,
    attempt: work.runtime === null ? work.restartCount : work.restartCount + 1,
    image: spec.image ?? '',
    command: expanded(spec.command, env),
    args: expanded(spec.args, env),
    env,
    workingDir: spec.workingDir ?? '',
    stdin: spec.stdin === true,
    stdinOnce: spec.stdinOnce === true,
    tty: spec.tty === true,
    ports: tcpPorts(spec),
    files: containerFiles(pod, spec, facts, state.tokens.get(worker.uid)?.held),
    oomScoreAdj: oomScoreAdj(pod, spec, memoryCapacity(state.args.node)),
    role: work.role,
  };
  if (directories !== null && directories.size > 0) config.mounts = kubeletServer.code.mountsOf(directories, spec, env);
  if (resources !== undefined) config.resources = resources;
  if (hostAliases !== undefined) config.hostAliases = hostAliases;
  if (profiles !== null) config.profiles = profiles;
  work.busy = 'creating';
  askRuntime(
    state,
    ctx,
    { type: 'cri/create-container', sandboxId: worker.sandbox.id, config },
    { what: 'create', uid: worker.uid, container: work.name },
  );
}

const NONE: readonly never[] = Object.freeze([]);

const expanded = (words: readonly string[] | undefined, env: Readonly<Record<string, string>>): readonly string[] =>
  words === undefined ? NONE : words.map((text) => expandVariables(text, env));

const tcpPorts = ({ ports }: Container): readonly number[] =>
  ports === undefined
    ? NONE
    : ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort);

/** The security profiles that the machine is to have. @source kubernetes pkg/kubelet/kuberuntime/{security_context,helpers}.go */
function localProfiles(
  { spec: inPod }: Pod,
  { securityContext }: Container,
): NonNullable<ContainerConfig['profiles']> | null {
  const appArmor = securityContext?.appArmorProfile ?? inPod.securityContext?.appArmorProfile;
  const seccomp = securityContext?.seccompProfile ?? inPod.securityContext?.seccompProfile;
  if (appArmor?.localhostProfile === undefined && seccomp?.localhostProfile === undefined) return null;
  return { appArmor: appArmor?.localhostProfile ?? '', seccomp: seccomp?.localhostProfile ?? '' };
}

/** Whether the volumes are there that are directories of the machine: all but those that the kubelet fills from objects of the API. */
export function directoriesReady(state: KubeletState, worker: PodWorker, ctx: Context): boolean {
  const { volumes } = worker.pod.spec;
  if (worker.directories !== null || volumes === undefined) return true;
  const isOne = volumes.some((each) => !(each.configMap ?? each.secret ?? each.projected ?? each.downwardAPI));
  return !isOne || kubeletServer.code.findDirectories(state, worker, ctx);
}

function configError(state: KubeletState, worker: PodWorker, work: ContainerWork, message: string, ctx: Context): void {
  waitFor(state, worker, work, 'CreateContainerConfigError', message, ctx);
}

function waitFor(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  reason: string,
  message: string,
  ctx: Context,
): void {
  work.busy = null;
  work.waiting = { reason, message };
  containerEvent(state, worker.pod, work, ctx, 'Warning', 'Failed', `Error: ${message}`);
  syncAt(worker, ctx.monotonic + SYNC_RETRY, ctx);
}

/** @source kubernetes pkg/kubelet/kuberuntime/security_context.go (verifyRunAsNonRoot) */
function nonRootError(state: KubeletState, worker: PodWorker, spec: Container): string | null {
  const inPod = worker.pod.spec.securityContext;
  if ((spec.securityContext?.runAsNonRoot ?? inPod?.runAsNonRoot) !== true) return null;
  const user = spec.securityContext?.runAsUser ?? inPod?.runAsUser;
  const where = `(pod: "${podText(worker.pod)}", container: ${spec.name})`;
  if (user === 0) return `container's runAsUser breaks non-root policy ${where}`;
  if (user !== undefined) return null;
  const image = [...state.images.values()].find(({ name }) => name.includes(spec.image ?? ''));
  return image?.root === true ? `container has runAsNonRoot and image will run as root ${where}` : null;
}

export function created(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  answer: CriAnswer,
  ctx: Context,
): void {
  if (answer.result?.of !== 'container') {
    return waitFor(state, worker, work, 'CreateContainerError', answer.error?.message ?? '', ctx);
  }
  const { id } = answer.result.container;
  containerEvent(state, worker.pod, work, ctx, 'Normal', 'Created', 'Container created');
  work.createdId = id;
  work.busy = 'starting';
  askRuntime(
    state,
    ctx,
    { type: 'cri/start-container', containerId: id },
    { what: 'start', uid: worker.uid, container: work.name },
  );
}

export function startAnswered(
  state: KubeletState,
  worker: PodWorker,
  work: ContainerWork,
  answer: CriAnswer,
  ctx: Context,
): void {
  if (answer.result?.of !== 'container') {
    return waitFor(state, worker, work, 'RunContainerError', answer.error?.message ?? '', ctx);
  }
  const spec = containerSpec(worker, work);
  succeed(state, work, answer.result.container, ctx);
  work.busy = null;
  work.waiting = null;
  work.started = spec?.startupProbe === undefined;
  work.ready = work.started && spec?.readinessProbe === undefined;
  containerEvent(state, worker.pod, work, ctx, 'Normal', 'Started', 'Container started');
  if (spec === undefined) return;
  postStart(state, worker, work, spec, ctx);
  startProbes(worker, work, spec, ctx);
}

/** A new container takes the place of the one before, whose end is remembered. */
export function succeed(
  state: KubeletState,
  work: ContainerWork,
  container: RuntimeContainerStatus,
  ctx: Context,
): void {
  const before = work.runtime;
  if (before !== null && before.id !== container.id) {
    work.last = terminated(before);
    if (work.previousId !== null)
      askRuntime(state, ctx, { type: 'cri/remove-container', containerId: work.previousId }, { what: 'forget' });
    work.previousId = before.id;
  }
  work.runtime = container;
  work.createdId = null;
  work.restartCount = container.attempt;
}
