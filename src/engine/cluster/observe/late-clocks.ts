/**
 * Clocks that no fresh cluster has: of nodes that are silent, pods that have to go, Jobs, CronJobs, autoscalers, rollouts,
 * Leases, elections and pods that fit nowhere. Each is read off the timer or the memory of who waits, or off what the API
 * holds where that is all there is. Late code; reads only.
 */
import { conditionOf, hasCondition, keyOf } from '#engine/api/meta';
import { EPOCH_SECONDS, parseTimestamp } from '#engine/api/timestamp';
import type { CronJob, Deployment, HorizontalPodAutoscaler, Job, KubeObject, Node, Pod } from '#engine/api/types';
import { type Election, isLeading } from '#engine/client/leader-election';
import { kubeControllerManager } from '#engine/controllers/controller-manager';
import { clockOf } from '#engine/controllers/cronjob/reconcile';
import { stabilizationWindow } from '#engine/controllers/horizontalpodautoscaler/behavior';
import type { Autoscalers, AutoscalerMemory } from '#engine/controllers/horizontalpodautoscaler/memory';
import { backOffAfter, type FailureRecord } from '#engine/controllers/job/back-off';
import { isFinished, type JobMemory } from '#engine/controllers/job/reconcile';
import { timeLeft } from '#engine/controllers/ttlafterfinished/reconcile';
import { etcd } from '#engine/etcd/etcd';
import { type EtcdState, TICK } from '#engine/etcd/state';
import type { Kernel } from '#engine/kernel/kernel';
import type { ProcessId } from '#engine/kernel/process';
import { type Micros, SECOND, seconds } from '#engine/kernel/time';
import { MAX_IN_UNSCHEDULABLE, type QueuedPod, type SchedulingQueue } from '#engine/scheduler/queue';
import { kubeScheduler } from '#engine/scheduler/scheduler';
import { goesAt } from '../fault-rules';
import type { ClockKind, CountdownRecord, FaultRecord, Subject } from '../records';
import type { Belief } from './belief';
import { lateClocks } from './countdowns';
import { stateOf } from './truth';

/** Pods of the scheduler's queue whose clocks are told: more than are drawn. */
const MOST_WAITING = 100;

const subjectOf = ({ kind, metadata }: KubeObject): Subject => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** A clock of so many microseconds. */
function clock(what: ClockKind, subject: Subject, endsAt: Micros, span: Micros, text: string): CountdownRecord {
  const id = `${what}/${subject.kind}/${subject.namespace}/${subject.name}`;
  return { id, subject, what, startedAt: endsAt - span, endsAt, text };
}

/** @source kubernetes pkg/controller/nodelifecycle/config/v1alpha1/defaults.go (NodeMonitorGracePeriod) */
const GRACE_PERIOD: Micros = 50 * SECOND;
/** A heartbeat is late when the next one is overdue by half its interval. */
const LATE: Micros = 15 * SECOND;

/** A node that stays silent: how long until the node lifecycle controller gives it up. */
function gracePeriodOf(node: Node, lastHeartbeat: Micros | null, now: Micros): CountdownRecord | null {
  if (lastHeartbeat === null || now - lastHeartbeat < LATE) return null;
  if (!hasCondition(node.status.conditions, 'Ready')) return null;
  const { name } = node.metadata;
  return {
    id: `grace-period/${name}`,
    subject: subjectOf(node),
    what: 'grace-period',
    startedAt: lastHeartbeat,
    endsAt: lastHeartbeat + GRACE_PERIOD,
    text: `no heartbeat from ${name}: NotReady when it has been silent for ${GRACE_PERIOD / SECOND} s`,
  };
}

/** A pod on a tainted node: how long it may stay. */
function tolerationOf(pod: Pod, node: Node | undefined): CountdownRecord | null {
  if (pod.metadata.deletionTimestamp !== undefined || node === undefined) return null;
  let endsAt = Infinity;
  let startedAt = 0;
  for (const taint of node.spec.taints ?? []) {
    if (taint.effect !== 'NoExecute' || taint.timeAdded === undefined) continue;
    const since = parseTimestamp(taint.timeAdded);
    for (const toleration of pod.spec.tolerations ?? []) {
      if (toleration.tolerationSeconds === undefined) continue;
      if (toleration.key !== taint.key || (toleration.effect ?? 'NoExecute') !== 'NoExecute') continue;
      const end = since + toleration.tolerationSeconds * SECOND;
      if (end < endsAt) [startedAt, endsAt] = [since, end];
    }
  }
  if (endsAt === Infinity) return null;
  return {
    id: `toleration/${pod.metadata.uid}`,
    subject: subjectOf(pod),
    what: 'toleration',
    startedAt,
    endsAt,
    text: `${pod.metadata.name} tolerates the taints of ${node.metadata.name} for ${(endsAt - startedAt) / SECOND} s`,
  };
}

/** A pod that is going away: how long it may take. */
function terminationOf(pod: Pod): CountdownRecord | null {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, uid, name } = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === 0) return null;
  const endsAt = parseTimestamp(deletionTimestamp);
  return {
    id: `termination/${uid}`,
    subject: subjectOf(pod),
    what: 'termination',
    startedAt: endsAt - deletionGracePeriodSeconds * SECOND,
    endsAt,
    text: `${name} has ${deletionGracePeriodSeconds} s to end`,
  };
}

/** How long a Job may work, waits for its next pod, or is kept. @source kubernetes pkg/controller/job, pkg/controller/ttlafterfinished */
export function jobClocks(job: Job, record: FailureRecord | undefined, now: Micros): readonly CountdownRecord[] {
  const subject = subjectOf(job);
  const { name } = subject;
  if (isFinished(job)) {
    const left = timeLeft(job, now);
    const kept = job.spec?.ttlSecondsAfterFinished ?? 0;
    return left === null ? [] : [clock('ttl', subject, now + left, seconds(kept), `${name} is kept for ${kept} s`)];
  }
  const clocks: CountdownRecord[] = [];
  const { activeDeadlineSeconds: limit, suspend } = job.spec ?? {};
  const started = job.status?.startTime;
  if (limit !== undefined && started !== undefined && suspend !== true)
    clocks.push(
      clock(
        'active-deadline',
        subject,
        parseTimestamp(started) + seconds(limit),
        seconds(limit),
        `${name} may take ${limit} s`,
      ),
    );
  if (record !== undefined && record.lastFailure !== null) {
    const delay = backOffAfter(record.failures);
    clocks.push(
      clock(
        'job-back-off',
        subject,
        record.lastFailure + delay,
        delay,
        `${name} replaces its failed pod after ${delay / SECOND} s`,
      ),
    );
  }
  return clocks;
}

const nextRuns = new WeakMap<CronJob, CountdownRecord>();

/** When a CronJob is due next, since its last run or its creation. Reckoned once for each version and run. */
export function nextRunOf(cron: CronJob, now: Micros): CountdownRecord | null {
  const known = nextRuns.get(cron);
  if (known !== undefined && known.endsAt > now) return known;
  if (cron.metadata.deletionTimestamp !== undefined || cron.spec?.suspend === true) return null;
  const read = clockOf(cron);
  const next = read?.schedule(EPOCH_SECONDS + Math.floor(now / SECOND)) ?? null;
  if (read === null || next === null) return null;
  const at = (next - EPOCH_SECONDS) * SECOND;
  const span = (next - read.earliest) * SECOND;
  const run = clock('next-run', subjectOf(cron), at, span, `${cron.metadata.name} is due`);
  nextRuns.set(cron, run);
  return run;
}

/**
 * How long an autoscaler holds on to a count that was asked for before: until the last recommendation that still asks for it is
 * older than the window.
 *
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go (stabilizeRecommendation)
 */
export function stabilizationOf(
  autoscaler: HorizontalPodAutoscaler,
  memory: AutoscalerMemory | undefined,
): CountdownRecord | null {
  const reason = conditionOf(autoscaler.status?.conditions, 'AbleToScale')?.reason;
  const isDown = reason === 'ScaleDownStabilized';
  if ((!isDown && reason !== 'ScaleUpStabilized') || memory === undefined) return null;
  const held = autoscaler.status?.desiredReplicas ?? 0;
  const holding = memory.recommendations.filter(({ replicas }) => (isDown ? replicas >= held : replicas <= held));
  const last = holding.at(-1);
  if (last === undefined) return null;
  const span = stabilizationWindow(autoscaler.spec.behavior, isDown ? 'down' : 'up');
  const { name } = autoscaler.metadata;
  return clock(
    'stabilization',
    subjectOf(autoscaler),
    last.at + span,
    span,
    `${name} does not scale ${isDown ? 'down' : 'up'} before the last ${span / SECOND} s ask for it`,
  );
}

/** A rollout that gets on has no clock worth looking at: it is told of when so much of its deadline has passed, or half a minute. */
const STUCK_PART = 0.1;
const STUCK_LATEST: Micros = 30 * SECOND;

/** Versions of Deployments that wait for no deadline, however late it gets: of many that are there, nearly all. */
const settled = new WeakSet<Deployment>();

/** How long a rollout that makes no progress may go on so. @source kubernetes pkg/controller/deployment/util (DeploymentTimedOut) */
export function progressDeadlineOf(deployment: Deployment, now: Micros): CountdownRecord | null {
  if (settled.has(deployment)) return null;
  const { progressDeadlineSeconds: limit, paused } = deployment.spec ?? {};
  const progressing = conditionOf(deployment.status?.conditions, 'Progressing');
  const since = progressing?.lastUpdateTime;
  const isUnderWay = progressing?.status === 'True' && progressing.reason !== 'NewReplicaSetAvailable';
  if (limit === undefined || paused === true || since === undefined || !isUnderWay) {
    settled.add(deployment);
    return null;
  }
  if (now - parseTimestamp(since) < Math.min(STUCK_LATEST, STUCK_PART * seconds(limit))) return null;
  const { name } = deployment.metadata;
  return clock(
    'progress-deadline',
    subjectOf(deployment),
    parseTimestamp(since) + seconds(limit),
    seconds(limit),
    `${name} may make no progress for ${limit} s`,
  );
}

const processSubject = (name: ProcessId): Subject => ({ kind: 'Process', namespace: '', name });

/** A candidate that does not see the holder renew: how long it respects the Lease. */
export function leaseOf(
  process: ProcessId,
  { phase, observed, observedAt, settings }: Election,
  now: Micros,
): CountdownRecord | null {
  const isHeld = (observed?.spec?.holderIdentity ?? '') !== '';
  if (phase !== 'acquiring' || !isHeld || now - observedAt < 3 * settings.retryPeriod) return null;
  return clock(
    'lease',
    processSubject(process),
    observedAt + settings.leaseDuration,
    settings.leaseDuration,
    `nobody renews the Lease ${settings.name}: it is respected for ${settings.leaseDuration / SECOND} s`,
  );
}

/** Heartbeats that a member must have missed before its election timeout is worth a ring. */
const MISSED = 5;

/** A member that hears of no leader: when it stands for election. @source etcd-io/raft raft.go (tickElection, pastElectionTimeout) */
export function electionOf(
  process: ProcessId,
  { raft, clockStart, ticks }: EtcdState,
  now: Micros,
): CountdownRecord | null {
  if (raft.role === 'leader' || !raft.conf.voters.includes(raft.id) || raft.conf.voters.length < 2) return null;
  const begun = clockStart + (ticks - raft.electionElapsed) * TICK;
  if (now - begun < MISSED * TICK) return null;
  const span = raft.randomizedTimeout * TICK;
  return clock(
    'election',
    processSubject(process),
    begun + span,
    span,
    'no leader is heard of: it stands for election',
  );
}

/** Pods that wait for their time in the scheduler's queue, as far as they are drawn. */
export function queueClocks(queue: SchedulingQueue): readonly CountdownRecord[] {
  const clocks: CountdownRecord[] = [];
  const add = ({ info, timestamp, backoffUntil, gatedBy }: QueuedPod, isBackingOff: boolean): void => {
    if (clocks.length === MOST_WAITING || gatedBy !== '') return;
    const subject = subjectOf(info.pod);
    if (!isBackingOff) {
      const text = 'it fits nowhere: tried again when something changes, or at the latest after 5 min';
      clocks.push(clock('unschedulable', subject, timestamp + MAX_IN_UNSCHEDULABLE, MAX_IN_UNSCHEDULABLE, text));
    } else if (backoffUntil !== null && backoffUntil > timestamp)
      clocks.push(
        clock('scheduling-back-off', subject, backoffUntil, backoffUntil - timestamp, 'the attempt failed: back-off'),
      );
  };
  for (const pod of [...queue.errorBackoff, ...queue.backoff]) add(pod, true);
  for (const pod of queue.unschedulable.values()) add(pod, false);
  return clocks;
}

type AddClock = (clock: CountdownRecord | null) => void;

function clocksOfNodesAndPods(belief: Belief, now: Micros, add: AddClock): void {
  const tainted = new Map<string, Node>();
  for (const object of belief.objectsOf('Node')) {
    const node = object as Node;
    const { name } = node.metadata;
    add(gracePeriodOf(node, belief.heartbeatOf(name), now));
    if (node.spec.taints?.some(({ effect }) => effect === 'NoExecute')) tainted.set(name, node);
  }
  for (const pod of belief.terminatingPods()) add(terminationOf(pod));
  if (tainted.size === 0) return;
  for (const object of belief.objectsOf('Pod')) {
    const pod = object as Pod;
    add(tolerationOf(pod, tainted.get(pod.spec.nodeName ?? '')));
  }
}

/** The memory of the controllers that work: of the manager that leads. */
function memoryOf(kernel: Kernel, controller: string): unknown {
  for (const process of kernel.processes.values()) {
    const manager = stateOf(process, kubeControllerManager);
    if (manager !== null && isLeading(manager.election)) return manager.set.states.get(controller)?.memory;
  }
  return undefined;
}

function clocksOfObjects(kernel: Kernel, belief: Belief, add: AddClock): void {
  const { now } = kernel;
  let jobs: JobMemory | undefined;
  for (const object of belief.objectsOf('Job')) {
    jobs ??= memoryOf(kernel, 'job') as JobMemory | undefined;
    jobClocks(object as Job, jobs?.get(object.metadata.uid), now).forEach(add);
  }
  for (const object of belief.objectsOf('CronJob')) add(nextRunOf(object as CronJob, now));
  let autoscalers: Autoscalers | undefined;
  for (const object of belief.objectsOf('HorizontalPodAutoscaler')) {
    autoscalers ??= memoryOf(kernel, 'horizontal-pod-autoscaler') as Autoscalers | undefined;
    add(stabilizationOf(object as HorizontalPodAutoscaler, autoscalers?.[keyOf(object)]));
  }
  for (const object of belief.objectsOf('Deployment')) add(progressDeadlineOf(object as Deployment, now));
}

function clocksOfProcesses(kernel: Kernel, add: AddClock): void {
  const { now } = kernel;
  for (const process of kernel.processes.values()) {
    const scheduler = stateOf(process, kubeScheduler);
    const election = (scheduler ?? stateOf(process, kubeControllerManager))?.election ?? null;
    if (election !== null) add(leaseOf(process.id, election, now));
    if (scheduler !== null && (election === null || isLeading(election))) queueClocks(scheduler.queue).forEach(add);
    const member = stateOf(process, etcd);
    if (member !== null && process.status === 'running') add(electionOf(process.id, member, now));
  }
}

/** How long a machine stays that the cloud wants back. */
export function reclaimOf({ at, fault }: FaultRecord): CountdownRecord | null {
  if (fault.type !== 'spot-reclaim') return null;
  const { machine: name } = fault;
  const end = goesAt(at, fault);
  return clock('reclaim', { kind: 'Node', namespace: '', name }, end, end - at, `the cloud takes ${name} back`);
}

lateClocks.code = (kernel, belief, faults, kubelets) => {
  const clocks: CountdownRecord[] = [];
  const add: AddClock = (clock) => {
    if (clock !== null) clocks.push(clock);
  };
  clocksOfNodesAndPods(belief, kernel.now, add);
  kubelets.forEach(add);
  faults.map(reclaimOf).forEach(add);
  clocksOfObjects(kernel, belief, add);
  clocksOfProcesses(kernel, add);
  return clocks;
};
