/** Random changes that a person makes to what runs, and how all of them are made good in the end. */
import type { KubeObject, Node, Pod } from '#engine/api/types';
import type { Random } from '#engine/kernel/random';
import type { Micros } from '#engine/kernel/time';
import type { Person, Propagation } from './person';
import type { Sight } from '../observe/sight';
import {
  BROKEN_IMAGE,
  chance,
  GOOD_IMAGES,
  type Manifest,
  NAMESPACES,
  pick,
  quota,
  template,
  Workloads,
} from './workloads';

/** What a person did that allows what is otherwise forbidden. */
export interface Doings {
  /** When pods of an app were last touched by hand, or asked to be another number, by label `app`. */
  readonly touched: Map<string, Micros>;
  /** Pods, by namespace and name, whose end nobody waits for: deleted by force. */
  readonly forced: Set<string>;
  /** Objects that a person asked to be deleted, by uid. */
  readonly deleted: Set<string>;
}

type Workload = KubeObject & {
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly suspend?: boolean;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: { readonly spec?: { readonly containers: readonly { readonly image?: string }[] } };
  };
};

const FINALIZER = 'kubarium.dev/hold';
const TAINT = 'kubarium.dev/fuzz';
const PROPAGATIONS: readonly Propagation[] = ['Foreground', 'Background', 'Orphan'];
const SCALED = ['Deployment', 'ReplicaSet', 'StatefulSet'] as const;
const ROLLED = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
const ALL = [...SCALED, 'DaemonSet', 'Job', 'CronJob'] as const;

const EXTRA = 'extra-';
export const isPersons = ({ metadata: { namespace = '' } }: KubeObject): boolean =>
  NAMESPACES.includes(namespace) || namespace.startsWith(EXTRA);
const isOwned = ({ metadata }: KubeObject): boolean => (metadata.ownerReferences ?? []).length > 0;
const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
export const appOf = ({ metadata }: KubeObject): string => metadata.labels?.['app'] ?? metadata.name;

export class Changes {
  readonly doings: Doings = { touched: new Map(), forced: new Set(), deleted: new Set() };
  readonly workloads: Workloads;
  count = 0;
  readonly #random: Random;
  readonly #sight: Sight;
  readonly #person: Person;
  readonly #draining = new Set<string>();
  /** What lost its owner by orphaning: its workload may be made anew. */
  readonly #lost: Manifest[] = [];
  /** What a new namespace will have, once it is there. */
  readonly #later: Manifest[] = [];

  constructor(random: Random, sight: Sight, person: Person, favour: string | null) {
    this.#random = random;
    this.#sight = sight;
    this.#person = person;
    this.workloads = new Workloads(random, favour);
  }

  begin(): void {
    this.workloads.furniture().forEach((manifest) => this.#person.create(manifest));
  }

  add(): void {
    this.workloads.any().forEach((manifest) => this.#person.create(manifest));
  }

  /** One change, at random. */
  happen(now: Micros): void {
    this.count++;
    const random = this.#random;
    const steps: readonly (readonly [weight: number, step: () => void])[] = [
      [14, () => this.#scale(now)],
      [14, () => this.#roll(now, pick(random, GOOD_IMAGES))],
      [4, () => this.#roll(now, BROKEN_IMAGE)],
      [4, () => this.#pause(now)],
      [10, () => this.#deletePod(now)],
      [8, () => this.#deleteWorkload(now)],
      [5, () => this.#adopt(now)],
      [4, () => this.#release(now)],
      [9, () => this.#cordon()],
      [4, () => this.#taint(now)],
      [4, () => this.#hold(now)],
      [6, () => this.#family()],
      [4, () => this.#limit()],
      [3, () => this.#suspend()],
      [3, () => this.#namespace()],
      [6, () => this.add()],
    ];
    let at = random.below(steps.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, step] of steps) {
      at -= weight;
      if (at < 0) return step();
    }
  }

  /** Goes on with drains: what a budget does not allow is asked for again. */
  goOn(): void {
    this.#later.splice(0).forEach((manifest) => this.#person.create(manifest));
    for (const name of this.#draining) {
      const pods = this.#podsOn(name);
      if (pods.length === 0) this.#draining.delete(name);
      for (const pod of pods) {
        if (!isGoing(pod)) this.#person.evict(pod);
      }
    }
  }

  /**
   * Makes good what keeps workloads from what they ask for, as far as it is seen.
   *
   * @returns whether there was nothing to make good
   */
  makeGood(): boolean {
    this.#draining.clear();
    let asked = 0;
    const change = (object: KubeObject, body: unknown): void => {
      asked++;
      this.#person.change(object, body);
    };
    for (const node of this.#sight.of('Node')) {
      const rest = (node.spec.taints ?? []).filter(({ key }) => key !== TAINT);
      if (node.spec.unschedulable === true || rest.length !== (node.spec.taints ?? []).length)
        change(node, { spec: { unschedulable: null, taints: rest } });
    }
    for (const object of this.#sight.all()) {
      if (object.metadata.finalizers?.includes(FINALIZER) === true)
        change(object, { metadata: { finalizers: object.metadata.finalizers.filter((name) => name !== FINALIZER) } });
    }
    for (const kind of ROLLED)
      for (const object of this.#sight.of(kind)) {
        if (!isPersons(object) || isGoing(object)) continue;
        const { spec } = object as Workload;
        if (spec.paused === true) change(object, { spec: { paused: false } });
        if (imageOf(object) === BROKEN_IMAGE) change(object, imagePatch(object, 'nginx:1.28'));
      }
    for (const set of this.#sight.of('ReplicaSet'))
      if (isPersons(set) && !isOwned(set) && !isGoing(set) && imageOf(set) === BROKEN_IMAGE) {
        asked++;
        this.#person.remove(set);
      }
    // A StatefulSet waits for a broken pod also when its template is good again, and a pod that it lost keeps its name.
    for (const pod of this.#sight.of('Pod'))
      if (isPersons(pod) && !isGoing(pod) && (isLost(pod) || (isBroken(pod) && !isReplicaSets(pod)))) {
        asked++;
        this.#person.remove(pod);
      }
    for (const cron of this.#sight.of('CronJob'))
      if (isPersons(cron) && cron.spec?.suspend !== true) change(cron, { spec: { suspend: true } });
    for (const job of this.#sight.of('Job'))
      if (isPersons(job) && job.spec?.suspend === true) change(job, { spec: { suspend: false } });
    for (const limits of this.#sight.of('ResourceQuota'))
      if (limits.spec?.hard?.['pods'] !== '200') change(limits, { spec: { hard: { pods: '200' } } });
    return asked === 0;
  }

  #touch(app: string, now: Micros): void {
    this.doings.touched.set(app, now);
  }

  #any<K extends Parameters<Sight['of']>[0]>(kinds: readonly K[]): Workload | null {
    const found: KubeObject[] = [];
    for (const kind of kinds)
      for (const object of this.#sight.of(kind)) if (isPersons(object) && !isGoing(object)) found.push(object);
    return found.length === 0 ? null : (pick(this.#random, found) as Workload);
  }

  #topmost<K extends Parameters<Sight['of']>[0]>(kinds: readonly K[]): Workload | null {
    for (let tries = 0; tries < 4; tries++) {
      const found = this.#any(kinds);
      if (found === null || !isOwned(found)) return found;
    }
    return null;
  }

  #podsOn(node: string): Pod[] {
    return this.#sight
      .list('Pod')
      .filter(
        (pod) =>
          pod.spec.nodeName === node && isPersons(pod) && pod.metadata.ownerReferences?.[0]?.kind !== 'DaemonSet',
      );
  }

  #node(): Node | null {
    const workers = this.#sight.list('Node').filter(({ metadata }) => metadata.name.startsWith('node-'));
    return workers.length === 0 ? null : pick(this.#random, workers);
  }

  #scale(now: Micros): void {
    const found = this.#topmost(SCALED);
    if (found === null) return;
    this.#touch(found.metadata.name, now);
    this.#person.change(found, { spec: { replicas: this.#random.below(7) } });
  }

  /** Not marked as touched: a rollout has bounds of its own. */
  #roll(now: Micros, image: string): void {
    const found = this.#topmost(ROLLED);
    if (found === null) return;
    if (found.kind !== 'Deployment' || image === BROKEN_IMAGE) this.#touch(found.metadata.name, now);
    this.#person.change(found, imagePatch(found, image));
  }

  #pause(now: Micros): void {
    const found = this.#topmost(['Deployment']);
    if (found === null) return;
    this.#touch(found.metadata.name, now);
    this.#person.change(found, { spec: { paused: found.spec.paused !== true } });
  }

  #deletePod(now: Micros): void {
    const pod = this.#any(['Pod']);
    if (pod === null) return;
    this.#touch(appOf(pod), now);
    this.doings.deleted.add(pod.metadata.uid);
    if (chance(this.#random, 15)) {
      this.doings.forced.add(`${pod.metadata.namespace}/${pod.metadata.name}`);
      this.#person.remove(pod, { gracePeriodSeconds: 0 });
    } else this.#person.remove(pod);
  }

  #deleteWorkload(now: Micros): void {
    const lost = this.#lost.shift();
    if (lost !== undefined && chance(this.#random, 70)) {
      this.#touch(lost.metadata.name, now);
      return this.#person.create(lost);
    }
    const found = this.#topmost(chance(this.#random, 30) ? ['ReplicaSet'] : ALL) ?? this.#topmost(ALL);
    if (found === null) return;
    this.#touch(appOf(found), now);
    this.doings.deleted.add(found.metadata.uid);
    const propagationPolicy = pick(this.#random, PROPAGATIONS);
    this.#person.remove(found, { propagationPolicy });
    const { name, namespace } = found.metadata;
    const { apiVersion, kind, spec } = found;
    const isMadeAnew = propagationPolicy === 'Orphan' && SCALED.includes(kind as 'Deployment');
    if (isMadeAnew) this.#lost.push({ apiVersion, kind, metadata: { name, namespace: namespace! }, spec } as Manifest);
  }

  /** A pod that nobody made, which a selector matches. */
  #adopt(now: Micros): void {
    const found = this.#topmost(['ReplicaSet', 'Deployment', 'DaemonSet']);
    const labels = found?.spec.selector?.matchLabels;
    if (found === null || labels === undefined) return;
    this.#touch(found.metadata.name, now);
    const made = template(this.#random, { labels: { ...labels } });
    const metadata = { name: this.workloads.name('stray'), namespace: found.metadata.namespace!, labels };
    this.#person.create({ ...made, apiVersion: 'v1', kind: 'Pod', metadata });
  }

  /** A pod no longer has the label by which it is selected. */
  #release(now: Micros): void {
    const pod = this.#any(['Pod']);
    if (pod?.metadata.labels?.['app'] === undefined || pod.metadata.ownerReferences?.[0]?.kind === 'Job') return;
    this.#touch(appOf(pod), now);
    this.#person.change(pod, { metadata: { labels: { app: null, was: appOf(pod) } } });
  }

  /** Of a drained node all pods are evicted, one request each, again and again. */
  #cordon(): void {
    const node = this.#node();
    if (node === null) return;
    const { name } = node.metadata;
    if (node.spec.unschedulable === true) {
      this.#draining.delete(name);
      return this.#person.change(node, { spec: { unschedulable: false } });
    }
    this.#person.change(node, { spec: { unschedulable: true } });
    if (chance(this.#random, 60)) this.#draining.add(name);
    this.goOn();
  }

  #taint(now: Micros): void {
    const node = this.#node();
    if (node === null) return;
    const taints = node.spec.taints ?? [];
    const rest = taints.filter(({ key }) => key !== TAINT);
    for (const pod of this.#sight.of('Pod')) if (pod.spec.nodeName === node.metadata.name) this.#touch(appOf(pod), now);
    const more =
      rest.length < taints.length
        ? rest
        : [...rest, { key: TAINT, effect: pick(this.#random, ['NoSchedule', 'NoExecute'] as const) }];
    this.#person.change(node, { spec: { taints: more } });
  }

  /** Something that holds back the end of an object; now and then it is deleted at once. */
  #hold(now: Micros): void {
    const found = this.#any(chance(this.#random, 30) ? ['Pod'] : [...ALL, 'ConfigMap']);
    if (found === null) return;
    const { finalizers = [] } = found.metadata;
    if (finalizers.includes(FINALIZER))
      return this.#person.change(found, { metadata: { finalizers: finalizers.filter((name) => name !== FINALIZER) } });
    this.#person.change(found, { metadata: { finalizers: [...finalizers, FINALIZER] } });
    if (!chance(this.#random, 50)) return;
    this.#touch(appOf(found), now);
    this.doings.deleted.add(found.metadata.uid);
    this.#person.remove(found, { propagationPolicy: pick(this.#random, PROPAGATIONS) });
  }

  /** ConfigMaps that own one another: some dependents have two owners, of which one is deleted later. */
  #family(): void {
    const random = this.#random;
    const parents = this.#sight
      .list('ConfigMap')
      .filter((map) => isPersons(map) && map.metadata.labels?.['family'] === 'parent' && !isGoing(map));
    if (parents.length < 2 || chance(random, 40))
      return this.#person.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: this.workloads.name('parent'), namespace: 'default', labels: { family: 'parent' } },
      });
    if (chance(random, 35)) {
      const parent = pick(random, parents);
      this.doings.deleted.add(parent.metadata.uid);
      return this.#person.remove(parent, { propagationPolicy: pick(random, PROPAGATIONS) });
    }
    const owners = chance(random, 60) ? parents.slice(-2) : [pick(random, parents)];
    const ownerReferences = owners.map(({ metadata: { name, uid } }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid,
      blockOwnerDeletion: chance(random, 50),
    }));
    const metadata = { name: this.workloads.name('child'), namespace: 'default', labels: { family: 'child' } };
    this.#person.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, ownerReferences },
    });
  }

  #limit(): void {
    const limits = this.#sight.find('ResourceQuota', 'team', 'limits');
    if (limits === undefined) return this.#person.create(quota(10));
    this.#person.change(limits, { spec: { hard: { pods: String(2 + this.#random.below(30)) } } });
  }

  #suspend(): void {
    const found = this.#topmost(['Job', 'CronJob']);
    if (found !== null) this.#person.change(found, { spec: { suspend: found.spec.suspend !== true } });
  }

  /** A namespace with something in it comes, or goes. */
  #namespace(): void {
    const extra = this.#sight.list('Namespace').filter(({ metadata }) => metadata.name.startsWith(EXTRA));
    const [first] = extra;
    if (first !== undefined && !isGoing(first)) return this.#person.remove(first);
    const name = this.workloads.name('extra');
    this.#person.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const manifest of [...this.workloads.any(), ...this.workloads.any()])
      this.#later.push({ ...manifest, metadata: { name: manifest.metadata.name, namespace: name } });
  }
}

const isBroken = ({ spec }: Pod): boolean => spec.containers[0]?.image === BROKEN_IMAGE;
const isReplicaSets = ({ metadata }: Pod): boolean => metadata.ownerReferences?.[0]?.kind === 'ReplicaSet';
const isLost = ({ metadata }: Pod): boolean => metadata.labels?.['was']?.startsWith('db-') === true;

const imageOf = (object: KubeObject): string | undefined =>
  (object as Workload).spec.template?.spec?.containers[0]?.image;

const imagePatch = (object: KubeObject, image: string): object => ({
  spec: {
    template: {
      spec: {
        containers: [
          {
            ...(object as Workload).spec.template?.spec?.containers[0],
            image,
            command: image.startsWith('busybox') ? ['sleep', '100000'] : null,
            readinessProbe: null,
          },
        ],
      },
    },
  },
});
