/** What must never happen, looked at with every write and at what machines run. */
import { controllerOf, hasCondition, isPodActive, isPodReady, isPodTerminal, podCondition } from '#engine/api/meta';
import { matchesSelector } from '#engine/api/label-selector';
import { parseTimestamp } from '#engine/api/timestamp';
import type { CronJob, Deployment, Job, KubeObject, Pod, ReplicaSet } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { type Micros, SECOND, seconds } from '#engine/kernel/time';
import { containerd, runningSandboxes } from '#engine/node/runtime/containerd';
import { stateOf } from '../observe/truth';
import { clock } from '../testing-transcript';
import { appOf, type Doings, isPersons } from './changes';
import { budgetOf, rolloutBounds } from './limits';
import type { Sight, Write } from '../observe/sight';

/** What a person did to pods has its consequences for so long. */
const AFTERMATH: Micros = 60 * SECOND;

interface Seen {
  readonly succeeded: Set<string>;
  readonly ended: Set<string>;
  readonly indexes: Set<string>;
}

export class Safety {
  readonly violations: string[] = [];
  /** Since when nothing was broken; null: something is. */
  quietSince: Micros | null = 0;
  readonly #kernel: Kernel;
  readonly #sight: Sight;
  readonly #doings: Doings;
  /** When a pod of an app was evicted last. */
  readonly #evicted = new Map<string, Micros>();
  /** When an object asked for less, and what it had asked for before. */
  readonly #shrunk = new Map<string, { readonly at: Micros; readonly before: number }>();
  /** Terminal pods by the uid of their Job. */
  readonly #jobs = new Map<string, Seen>();
  #darkSince: Micros | null = null;

  constructor(kernel: Kernel, sight: Sight, doings: Doings) {
    this.#kernel = kernel;
    this.#sight = sight;
    this.#doings = doings;
  }

  get now(): Micros {
    return this.#kernel.now;
  }

  take({ before, after }: Write): void {
    const object = after ?? before!;
    switch (object.kind) {
      case 'Pod':
        return this.#pod(before as Pod | null, after as Pod | null);
      case 'Job':
        return this.#job(before as Job | null, after as Job | null);
      case 'Node':
        return this.#node();
      case 'ConfigMap':
        return this.#dependent(before, after);
      case 'Namespace':
        return after === null ? this.#namespaceGone(object.metadata.name) : undefined;
      case 'Deployment':
      case 'ReplicaSet':
        return this.#sized(before as ReplicaSet | null, after as ReplicaSet | null);
      default:
    }
  }

  /** At most one of a name runs, whatever the API says. */
  machines(): void {
    const running = new Map<string, string>();
    for (const { name: machine, power, processes } of this.#kernel.machines.values()) {
      if (power !== 'on') continue;
      for (const process of processes) {
        const runtime = stateOf(process, containerd);
        if (runtime === null) continue;
        for (const { namespace, name, podUid, running: containers } of runningSandboxes(runtime)) {
          if (containers === 0 || namespace === 'kube-system') continue;
          const key = `${namespace}/${name}`;
          const other = running.get(key);
          if (other !== undefined && !other.startsWith(podUid) && !this.#doings.forced.has(key))
            this.#found(`two pods ${key} run: on ${machine} and on ${other.slice(other.indexOf(' ') + 1)}`);
          running.set(key, `${podUid} ${machine}`);
        }
      }
    }
  }

  #found(text: string): void {
    this.violations.push(`${clock(this.now)} ${text}`);
  }

  #isQuiet(since: Micros = AFTERMATH): boolean {
    return this.quietSince !== null && this.now - this.quietSince >= since;
  }

  /** Nobody but controllers has had a hand in the pods of this one's app lately, nor in its namespace. */
  #isUntouched(pod: Pod): boolean {
    const app = appOf(pod);
    const namespace = this.#sight.find('Namespace', '', pod.metadata.namespace ?? '');
    if (namespace === undefined || isOnItsWay(namespace)) return false;
    const touched = Math.max(this.#doings.touched.get(app) ?? -Infinity, this.#evicted.get(app) ?? -Infinity);
    return this.now - touched >= AFTERMATH;
  }

  #controlledBy(uid: string): Pod[] {
    return this.#sight.list('Pod').filter((pod) => controllerOf(pod)?.uid === uid);
  }

  #pod(before: Pod | null, after: Pod | null): void {
    if (after !== null) this.#ended(after);
    else if (before !== null) this.#ended(before, true);
    if (before === null && after !== null) this.#podMade(after);
    const isGoing = after === null || after.metadata.deletionTimestamp !== undefined;
    if (before !== null && before.metadata.deletionTimestamp === undefined && isGoing) this.#podGoes(before, after);
  }

  /** Nothing is made twice, and a rollout keeps to its surge. */
  #podMade(pod: Pod): void {
    if (!this.#isQuiet() || !this.#isUntouched(pod)) return;
    const owner = this.#sight.byUid(controllerOf(pod)?.uid ?? '');
    if (owner?.kind !== 'ReplicaSet') return;
    const set = owner as ReplicaSet;
    const active = this.#controlledBy(set.metadata.uid).filter(isPodActive);
    if (active.length > this.#most(set))
      this.#found(`${set.metadata.name} makes ${pod.metadata.name} although it has ${active.length - 1} pods`);
    const deployment = this.#deploymentOf(set);
    if (deployment === null || !isPersons(deployment)) return;
    const all = this.#podsOf(deployment);
    const { surge, isRecreate } = rolloutBounds(deployment);
    if (isRecreate) {
      const old = all.find((other) => !isPodTerminal(other) && controllerOf(other)?.uid !== set.metadata.uid);
      if (old !== undefined) this.#found(`${pod.metadata.name} is made while the old ${old.metadata.name} is there`);
    } else {
      const count = all.filter(isPodActive).length;
      if (count > this.#most(deployment) + surge)
        this.#found(`${deployment.metadata.name} has ${count} pods, ${surge} more than asked for are allowed`);
    }
  }

  /** What an object asks for; for ten seconds also what it asked for before. */
  #most({ metadata: { uid }, spec }: ReplicaSet | Deployment): number {
    const shrunk = this.#shrunk.get(uid);
    const replicas = spec.replicas ?? 1;
    return shrunk !== undefined && this.now - shrunk.at < 10 * SECOND ? Math.max(replicas, shrunk.before) : replicas;
  }

  #sized(before: ReplicaSet | null, after: ReplicaSet | null): void {
    if (before === null || after === null) return;
    const [was, is] = [before.spec.replicas ?? 1, after.spec.replicas ?? 1];
    if (is < was) this.#shrunk.set(after.metadata.uid, { at: this.now, before: was });
  }

  #podGoes(pod: Pod, after: Pod | null): void {
    const target = after === null ? undefined : podCondition(after, 'DisruptionTarget');
    if (target?.reason === 'EvictionByEvictionAPI') {
      this.#evictedPod(pod);
      this.#evicted.set(appOf(pod), this.now);
      return;
    }
    if (target?.reason === 'DeletionByTaintManager') this.#tainted(pod);
    if (!isPodReady(pod) || !this.#isQuiet() || !this.#isUntouched(pod)) return;
    const set = this.#sight.byUid(controllerOf(pod)?.uid ?? '');
    const deployment = set?.kind === 'ReplicaSet' ? this.#deploymentOf(set as ReplicaSet) : null;
    if (deployment === null || deployment.metadata.deletionTimestamp !== undefined || !isPersons(deployment)) return;
    const { unavailable, isRecreate } = rolloutBounds(deployment);
    if (isRecreate) return;
    const left = this.#podsOf(deployment).filter((other) => this.#isAvailable(other, deployment)).length;
    const least = deployment.spec.replicas - unavailable;
    if (left < least)
      this.#found(
        `${deployment.metadata.name} deletes ${pod.metadata.name}: ${left} available pods stay, not ${least}`,
      );
  }

  #isAvailable(pod: Pod, { spec: { minReadySeconds = 0 } }: Deployment): boolean {
    const since = podCondition(pod, 'Ready')?.lastTransitionTime;
    if (!isPodActive(pod) || !isPodReady(pod)) return false;
    return (
      minReadySeconds === 0 || (since !== undefined && parseTimestamp(since) + seconds(minReadySeconds) <= this.now)
    );
  }

  #deploymentOf(set: ReplicaSet): Deployment | null {
    const owner = this.#sight.byUid(controllerOf(set)?.uid ?? '');
    return owner?.kind === 'Deployment' ? (owner as Deployment) : null;
  }

  #podsOf(deployment: Deployment): Pod[] {
    const sets = this.#sight.list('ReplicaSet').filter((set) => controllerOf(set)?.uid === deployment.metadata.uid);
    return sets.flatMap(({ metadata }) => this.#controlledBy(metadata.uid));
  }

  /** An eviction leaves as many healthy pods as the budget asks for. */
  #evictedPod(pod: Pod): void {
    const app = appOf(pod);
    const touched = this.#doings.touched.get(app) ?? -Infinity;
    if (!this.#isQuiet() || this.now - touched < AFTERMATH || !isPodReady(pod)) return;
    for (const budget of this.#sight.list('PodDisruptionBudget')) {
      const { metadata, spec } = budget;
      if (metadata.namespace !== pod.metadata.namespace || !matchesSelector(spec?.selector, pod.metadata.labels))
        continue;
      const pods = this.#sight
        .list('Pod')
        .filter((other) => other.metadata.namespace === metadata.namespace)
        .filter((other) => matchesSelector(spec?.selector, other.metadata.labels));
      const healthy = pods.filter((other) => isPodActive(other) && isPodReady(other)).length;
      const least = budgetOf(this.#sight, budget, pods);
      if (least !== null && healthy < least)
        this.#found(`${pod.metadata.name} is evicted: ${healthy} healthy pods stay, not ${least}`);
    }
  }

  #node(): void {
    const isDark = this.#sight.list('Node').every((node) => !hasCondition(node.status?.conditions, 'Ready'));
    this.#darkSince = isDark ? (this.#darkSince ?? this.now) : null;
  }

  /** While no node answers, the trouble is taken for the control plane's own. */
  #tainted(pod: Pod): void {
    const node = this.#sight.find('Node', '', pod.spec.nodeName ?? '');
    if (node?.spec.taints?.some(({ key }) => key.startsWith('kubarium.dev')) === true) return;
    if (this.#darkSince !== null && this.now - this.#darkSince > 20 * SECOND)
      this.#found(`${pod.metadata.name} is evicted while no node answers`);
  }

  /** The garbage collector takes nothing whose owner lives. */
  #dependent(before: KubeObject | null, after: KubeObject | null): void {
    if (before?.metadata.labels?.['family'] !== 'child' || before.metadata.deletionTimestamp !== undefined) return;
    if (after !== null && after.metadata.deletionTimestamp === undefined) return;
    const { name, uid, ownerReferences = [] } = before.metadata;
    const living = ownerReferences.find((owner) => {
      const object = this.#sight.byUid(owner.uid);
      return object !== undefined && object.metadata.deletionTimestamp === undefined;
    });
    if (living !== undefined && !this.#doings.deleted.has(uid))
      this.#found(`${name} is deleted although its owner ${living.name} lives`);
  }

  #namespaceGone(namespace: string): void {
    for (const { kind, metadata } of this.#sight.all())
      if (metadata.namespace === namespace)
        this.#found(`namespace ${namespace} ends before its ${kind} ${metadata.name}`);
  }

  #ended(pod: Pod, isGone = false): void {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'Job' || !(isGone || isPodTerminal(pod) || isOnItsWay(pod))) return;
    let seen = this.#jobs.get(owner.uid);
    if (seen === undefined)
      this.#jobs.set(owner.uid, (seen = { succeeded: new Set(), ended: new Set(), indexes: new Set() }));
    seen.ended.add(pod.metadata.uid);
    if (pod.status.phase !== 'Succeeded') return;
    seen.succeeded.add(pod.metadata.uid);
    seen.indexes.add(pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? pod.metadata.uid);
  }

  /** Each pod counts once; and a CronJob that forbids it has no two Jobs at work. */
  #job(before: Job | null, after: Job | null): void {
    if (after === null) return;
    if (before === null) this.#jobMade(after);
    const { succeeded = 0, failed = 0 } = after.status ?? {};
    const seen = this.#jobs.get(after.metadata.uid);
    const most = after.spec?.completionMode === 'Indexed' ? seen?.indexes.size : seen?.succeeded.size;
    if (succeeded > (most ?? 0))
      this.#found(`${after.metadata.name} counts ${succeeded} successes, but ${most ?? 0} pods have succeeded`);
    if (
      after.spec?.template.spec?.restartPolicy === 'Never' &&
      succeeded + failed > (seen?.ended.size ?? 0) + activeOf(after)
    )
      this.#found(`${after.metadata.name} counts ${succeeded + failed} ended pods of ${seen?.ended.size ?? 0}`);
  }

  #jobMade(job: Job): void {
    const owner = this.#sight.byUid(controllerOf(job)?.uid ?? '');
    if (owner?.kind !== 'CronJob' || (owner as CronJob).spec?.concurrencyPolicy !== 'Forbid' || !this.#isQuiet())
      return;
    const other = this.#sight
      .list('Job')
      .find(
        (one) => one !== job && controllerOf(one)?.uid === owner.metadata.uid && !isFinished(one) && !isOnItsWay(one),
      );
    if (other !== undefined) this.#found(`${job.metadata.name} is made while ${other.metadata.name} is at work`);
  }
}

const isOnItsWay = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
export const isFinished = (job: Job): boolean =>
  hasCondition(job.status?.conditions, 'Complete') || hasCondition(job.status?.conditions, 'Failed');
/** A Job that fails counts the pods that it is still ending. */
const activeOf = ({ status }: Job): number => (status?.active ?? 0) + (status?.terminating ?? 0);
