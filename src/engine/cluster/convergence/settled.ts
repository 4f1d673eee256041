// long: what each kind means by being done, one law after the other
/** Laws of a cluster that was left alone for long enough: what breaks them, in words. An empty list is good. */
import { controllerOf, hasCondition, isPodActive, isPodReady, isPodTerminal } from '#engine/api/meta';
import { matchesSelector } from '#engine/api/label-selector';
import { untoleratedTaint } from '#engine/api/taints';
import type {
  DaemonSet,
  Deployment,
  EndpointSlice,
  Job,
  KubeObject,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  ResourceQuota,
  Service,
  StatefulSet,
} from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { kubelet } from '#engine/node/kubelet/kubelet';
import { containerd, runningSandboxes } from '#engine/node/runtime/containerd';
import { stateOf } from '../observe/truth';
import { isPersons } from './changes';
import { budgetOf } from './limits';
import { isFinished } from './safety';
import type { Sight } from '../observe/sight';

export function unsettled(kernel: Kernel, sight: Sight): string[] {
  const found: string[] = [];
  const tell = (object: KubeObject, text: string): void => {
    const { namespace, name } = object.metadata;
    found.push(`${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name} ${text}`);
  };
  const law = new Laws(sight, tell);
  for (const object of sight.all()) {
    law.graph(object);
    switch (object.kind) {
      case 'Node':
        law.node(object);
        break;
      case 'Deployment':
        law.deployment(object as Deployment);
        break;
      case 'ReplicaSet':
        law.replicaSet(object as ReplicaSet);
        break;
      case 'StatefulSet':
        law.statefulSet(object as StatefulSet);
        break;
      case 'DaemonSet':
        law.daemonSet(object as DaemonSet);
        break;
      case 'Job':
        law.job(object as Job);
        break;
      case 'PodDisruptionBudget':
        law.budget(object as PodDisruptionBudget);
        break;
      case 'ResourceQuota':
        law.quota(object as ResourceQuota);
        break;
      case 'Service':
        law.service(object as Service);
        break;
      case 'Pod':
        law.pod(object as Pod);
        break;
      default:
    }
  }
  return [...found, ...machinesUnsettled(kernel, sight)];
}

type Counts = Readonly<Record<string, number>>;

const isActive = ({ spec }: ReplicaSet): boolean => (spec.replicas ?? 1) > 0;

class Laws {
  readonly #sight: Sight;
  readonly #tell: (object: KubeObject, text: string) => void;
  readonly #pods: readonly Pod[];
  readonly #byController = new Map<string, Pod[]>();
  readonly #addresses = new Map<string, string>();

  constructor(sight: Sight, tell: (object: KubeObject, text: string) => void) {
    this.#sight = sight;
    this.#tell = tell;
    this.#pods = sight.list('Pod');
    for (const pod of this.#pods) {
      const uid = controllerOf(pod)?.uid ?? '';
      const known = this.#byController.get(uid);
      if (known === undefined) this.#byController.set(uid, [pod]);
      else known.push(pod);
    }
  }

  #podsOf({ metadata }: KubeObject): readonly Pod[] {
    return this.#byController.get(metadata.uid) ?? [];
  }

  /** What an object's status says must be what there is. */
  #says(object: KubeObject, status: object | undefined, truth: Counts): void {
    for (const [name, count] of Object.entries(truth)) {
      const said = (status as Partial<Counts> | undefined)?.[name] ?? 0;
      if (said !== count) this.#tell(object, `says ${name} ${said}, it is ${count}`);
    }
  }

  #observed(object: KubeObject, status: { readonly observedGeneration?: number } | undefined): void {
    if (status?.observedGeneration !== object.metadata.generation)
      this.#tell(object, `is at generation ${object.metadata.generation}, observed is ${status?.observedGeneration}`);
  }

  /** No object outlives its owners or its namespace, and nothing that is being deleted stays. */
  graph(object: KubeObject): void {
    const { ownerReferences = [], namespace, deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined) this.#tell(object, `does not go, finalizers ${finalizers.join()}`);
    if (namespace !== undefined && this.#sight.find('Namespace', '', namespace) === undefined)
      this.#tell(object, 'is in no namespace');
    const missing = ownerReferences.filter(({ uid }) => this.#sight.byUid(uid) === undefined);
    if (missing.length > 0) this.#tell(object, `is an orphan of ${missing.map(({ name }) => name).join()}`);
  }

  node(object: KubeObject): void {
    const { status, spec } = object as ReturnType<Sight['list']>[number] & {
      readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
      readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
    };
    if (!hasCondition(status?.conditions, 'Ready')) this.#tell(object, 'is not Ready');
    for (const { key } of spec?.taints ?? [])
      if (key !== 'node-role.kubernetes.io/control-plane') this.#tell(object, `is tainted ${key}`);
  }

  pod(pod: Pod): void {
    if (isPodTerminal(pod)) {
      const kind = controllerOf(pod)?.kind;
      if (kind !== undefined && kind !== 'Job') {
        const isUsual = kind === 'ReplicaSet' || kind === 'ReplicationController';
        if (!isUsual) this.#tell(pod, `of ${kind} stays ${pod.status.phase}`);
      }
      return;
    }
    const address = pod.status.podIP;
    const other = address === undefined || pod.spec.hostNetwork === true ? undefined : this.#addresses.get(address);
    if (other !== undefined) this.#tell(pod, `has the address ${address} of ${other}`);
    if (address !== undefined && pod.spec.hostNetwork !== true) this.#addresses.set(address, pod.metadata.name);
    const isWaited = isPersons(pod) || pod.metadata.namespace === 'kube-system';
    if (isWaited && !isPodReady(pod)) {
      const waiting = pod.status.containerStatuses?.[0]?.state?.waiting?.reason ?? pod.status.conditions?.[0]?.message;
      this.#tell(pod, `is not ready: ${pod.status.phase} on ${pod.spec.nodeName ?? 'no node'}, ${waiting ?? ''}`);
    }
  }

  /** Exactly as many ready pods as asked for. */
  replicaSet(set: ReplicaSet): void {
    const pods = this.#podsOf(set).filter(isPodActive);
    const wanted = set.spec.replicas ?? 1;
    if (pods.length !== wanted) this.#tell(set, `has ${pods.length} pods, not ${wanted}`);
    this.#observed(set, set.status);
    const ready = pods.filter(isPodReady).length;
    this.#says(set, set.status, { replicas: pods.length, readyReplicas: ready, availableReplicas: ready });
    for (const pod of this.#pods)
      if (
        controllerOf(pod) === undefined &&
        pod.metadata.namespace === set.metadata.namespace &&
        isPodActive(pod) &&
        matchesSelector(set.spec.selector, pod.metadata.labels)
      )
        this.#tell(set, `does not adopt ${pod.metadata.name}`);
  }

  #setsOf({ metadata }: Deployment): readonly ReplicaSet[] {
    return this.#sight.list('ReplicaSet').filter((set) => controllerOf(set)?.uid === metadata.uid);
  }

  /**
   * A Deployment of strategy Recreate that was scaled while it had several ReplicaSets with pods, which it has only if it
   * has adopted them: upstream takes it for a scaling event for ever, and scales nothing.
   *
   * @source kubernetes pkg/controller/deployment/deployment_controller.go (syncDeployment), sync.go (isScalingEvent, scale)
   */
  #isStuck(deployment: Deployment): boolean {
    const { strategy, replicas } = deployment.spec;
    const active = this.#setsOf(deployment).filter(isActive);
    return (
      strategy?.type === 'Recreate' &&
      active.length > 1 &&
      active.some(({ metadata }) => {
        const desired = metadata.annotations?.['deployment.kubernetes.io/desired-replicas'];
        return desired !== undefined && Number(desired) !== replicas;
      })
    );
  }

  deployment(deployment: Deployment): void {
    if (this.#isStuck(deployment)) return;
    const { spec, status } = deployment;
    const sets = this.#setsOf(deployment);
    const active = sets.filter(isActive);
    const wanted = spec.replicas;
    this.#observed(deployment, status);
    if (active.length > 1) this.#tell(deployment, `has ${active.length} active ReplicaSets`);
    const image = (set: ReplicaSet): string | undefined => set.spec.template?.spec?.containers[0]?.image;
    const isNew = (set: ReplicaSet): boolean => image(set) === spec.template.spec?.containers[0]?.image;
    for (const set of active) if (!isNew(set)) this.#tell(deployment, `still runs ${image(set)}`);
    const replicas = active.reduce((sum, set) => sum + (set.spec.replicas ?? 1), 0);
    if (replicas !== wanted) this.#tell(deployment, `asks for ${replicas} pods, not ${wanted}`);
    const limit = spec.revisionHistoryLimit ?? 10;
    if (sets.filter((set) => set.spec.replicas === 0).length > limit + 1)
      this.#tell(deployment, `keeps ${sets.length} ReplicaSets`);
    const truth = { replicas: wanted, updatedReplicas: wanted, readyReplicas: wanted, availableReplicas: wanted };
    this.#says(deployment, status, { ...truth, unavailableReplicas: 0 });
    for (const type of ['Available', 'Progressing'])
      if (!hasCondition(status?.conditions, type)) this.#tell(deployment, `is not ${type}`);
  }

  /** The very ordinals, all of the new revision, and their claims. */
  statefulSet(set: StatefulSet): void {
    const { spec, status, metadata } = set;
    const start = spec?.ordinals?.start ?? 0;
    const wanted = spec?.replicas ?? 1;
    const names = Array.from({ length: wanted }, (_, index) => `${metadata.name}-${start + index}`);
    const pods = this.#podsOf(set);
    const are = pods.map((pod) => pod.metadata.name).sort();
    if (are.join() !== [...names].sort().join()) this.#tell(set, `has ${are.join()}, not ${names.join()}`);
    this.#observed(set, status);
    const revisions = new Set(pods.map((pod) => pod.metadata.labels?.['controller-revision-hash']));
    const rolls = spec?.updateStrategy?.type !== 'OnDelete';
    if (rolls && revisions.size > 1) this.#tell(set, `has pods of ${[...revisions].join(' and ')}`);
    this.#says(set, status, {
      replicas: wanted,
      readyReplicas: wanted,
      availableReplicas: wanted,
      ...(rolls ? { currentReplicas: wanted, updatedReplicas: wanted } : {}),
    });
    if (rolls && status?.currentRevision !== status?.updateRevision) this.#tell(set, 'is still rolling');
    for (const claim of spec?.volumeClaimTemplates ?? [])
      for (const name of names) {
        const held = this.#sight.find('PersistentVolumeClaim', metadata.namespace!, `${claim.metadata?.name}-${name}`);
        if (held?.status?.phase !== 'Bound') this.#tell(set, `has no bound claim for ${name}`);
      }
  }

  daemonSet(set: DaemonSet): void {
    const tolerations = set.spec?.template?.spec?.tolerations ?? [];
    const nodes = this.#sight
      .list('Node')
      .filter(({ spec }) => untoleratedTaint(spec.taints ?? [], tolerations) === null)
      .map(({ metadata }) => metadata.name)
      .sort();
    const pods = this.#podsOf(set);
    const placed = pods.map(({ spec }) => spec.nodeName ?? 'no node').sort();
    if (placed.join() !== nodes.join()) this.#tell(set, `is on ${placed.join()}, not on ${nodes.join()}`);
    this.#observed(set, set.status);
    const image = set.spec?.template?.spec?.containers[0]?.image;
    for (const pod of pods)
      if (pod.spec.containers[0]?.image !== image) this.#tell(set, `has an old ${pod.metadata.name}`);
    this.#says(set, set.status, {
      desiredNumberScheduled: nodes.length,
      currentNumberScheduled: nodes.length,
      updatedNumberScheduled: nodes.length,
      numberReady: nodes.length,
      numberAvailable: nodes.length,
      numberUnavailable: 0,
      numberMisscheduled: 0,
    });
  }

  job(job: Job): void {
    if (!isPersons(job) || job.spec?.suspend === true) return;
    const pods = this.#podsOf(job);
    if (!isFinished(job)) return this.#tell(job, 'is not finished');
    const { succeeded = 0, active = 0, terminating = 0, uncountedTerminatedPods } = job.status ?? {};
    const uncounted = [...(uncountedTerminatedPods?.succeeded ?? []), ...(uncountedTerminatedPods?.failed ?? [])];
    if (active > 0 || (terminating ?? 0) > 0 || uncounted.length > 0)
      this.#tell(job, 'is finished and has pods at work');
    for (const pod of pods) {
      if (!isPodTerminal(pod)) this.#tell(job, `is finished, but ${pod.metadata.name} is ${pod.status.phase}`);
      if (pod.metadata.finalizers?.includes('batch.kubernetes.io/job-tracking') === true)
        this.#tell(job, `does not let go of ${pod.metadata.name}`);
    }
    const completions = job.spec?.completions ?? 1;
    const byPolicy = job.spec?.successPolicy !== undefined;
    if (hasCondition(job.status?.conditions, 'Complete') && !byPolicy && succeeded !== completions)
      this.#tell(job, `is complete with ${succeeded} of ${completions}`);
    if (succeeded > completions) this.#tell(job, `has succeeded ${succeeded} times, not ${completions}`);
    if (job.spec?.ttlSecondsAfterFinished !== undefined) this.#tell(job, 'outlives its time');
  }

  budget(budget: PodDisruptionBudget): void {
    const pods = this.#pods.filter(
      (pod) =>
        pod.metadata.namespace === budget.metadata.namespace &&
        !isPodTerminal(pod) &&
        matchesSelector(budget.spec?.selector, pod.metadata.labels),
    );
    this.#observed(budget, budget.status);
    // Nothing tells the disruption controller of it either.
    if (this.#sight.list('Deployment').some((one) => this.#isStuck(one) && pods.some((pod) => this.#isOf(pod, one))))
      return;
    const healthy = pods.filter(isPodReady).length;
    const least = budgetOf(this.#sight, budget, pods);
    if (least === null) return;
    this.#says(budget, budget.status, {
      currentHealthy: healthy,
      desiredHealthy: least,
      disruptionsAllowed: pods.length === 0 ? 0 : Math.max(0, healthy - least),
    });
  }

  #isOf(pod: Pod, deployment: Deployment): boolean {
    const set = this.#sight.byUid(controllerOf(pod)?.uid ?? '');
    return set !== undefined && controllerOf(set)?.uid === deployment.metadata.uid;
  }

  quota(quota: ResourceQuota): void {
    const here = ({ metadata }: KubeObject): boolean => metadata.namespace === quota.metadata.namespace;
    const pods = this.#pods.filter((pod) => here(pod) && !isPodTerminal(pod)).length;
    const jobs = this.#sight.list('Job').filter(here).length;
    const truth = new Map([
      ['pods', pods],
      ['count/jobs.batch', jobs],
    ]);
    for (const name of Object.keys(quota.spec?.hard ?? {})) {
      const used = Number(quota.status?.used?.[name] ?? Number.NaN);
      if (used !== truth.get(name)) this.#tell(quota, `says ${name} ${used}, it is ${truth.get(name)}`);
    }
  }

  /** Its slices have exactly its pods, each once, ready or not. */
  service(service: Service): void {
    const selector = service.spec.selector ?? {};
    if (Object.keys(selector).length === 0) return;
    const { namespace, name } = service.metadata;
    const pods = this.#pods.filter(
      (pod) =>
        pod.metadata.namespace === namespace &&
        !isPodTerminal(pod) &&
        (pod.status.podIP ?? '') !== '' &&
        matchesSelector({ matchLabels: selector }, pod.metadata.labels),
    );
    const should = pods.map((pod) => `${pod.metadata.name} ${pod.status.podIP} ${isPodReady(pod)}`).sort();
    const are = this.#sight
      .list('EndpointSlice')
      .filter(({ metadata }) => metadata.namespace === namespace)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
      .flatMap(({ endpoints = [] }: EndpointSlice) =>
        (endpoints ?? []).map(
          ({ addresses, targetRef, conditions }) => `${targetRef?.name} ${addresses[0]} ${conditions?.ready}`,
        ),
      )
      .sort();
    if (are.join() !== should.join()) this.#tell(service, `has endpoints ${are.join()}, not ${should.join()}`);
  }
}

/** Belief against truth: each machine runs the pods that are bound to it, and no others. */
function machinesUnsettled(kernel: Kernel, sight: Sight): string[] {
  const found: string[] = [];
  for (const { name: machine, power, processes } of kernel.machines.values()) {
    if (power !== 'on') found.push(`machine ${machine} is ${power}`);
    const bound = new Map<string, Pod>();
    for (const pod of sight.of('Pod'))
      if (pod.spec.nodeName === machine && !isPodTerminal(pod)) bound.set(pod.metadata.uid, pod);
    const mirrors = new Map<string, string>();
    for (const process of processes)
      for (const { uid, mirror } of stateOf(process, kubelet)?.workers.values() ?? [])
        if (typeof mirror === 'string') mirrors.set(uid, mirror);
    const runs = new Set<string>();
    for (const process of processes) {
      const runtime = stateOf(process, containerd);
      for (const { podUid, name, running } of runtime === null ? [] : runningSandboxes(runtime)) {
        const uid = mirrors.get(podUid) ?? podUid;
        if (runs.has(uid)) found.push(`machine ${machine} runs ${name} twice`);
        runs.add(uid);
        const pod = bound.get(uid);
        if (pod === undefined) found.push(`machine ${machine} runs ${name}, of which the API does not know`);
        else if (running !== pod.spec.containers.length) found.push(`machine ${machine} runs ${running} of ${name}`);
      }
    }
    for (const [uid, pod] of bound)
      if (!runs.has(uid)) found.push(`machine ${machine} does not run ${pod.metadata.name}`);
  }
  return found;
}
