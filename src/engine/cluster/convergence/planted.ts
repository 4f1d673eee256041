/** Bugs planted into controllers from outside: what they see, which keys they take up, or what they plan is changed on its way. */
import { standingOf } from '#engine/api/pod-standing';
import type { CronJob, Deployment, Job, KubeObject } from '#engine/api/types';
import { parseTimestamp } from '#engine/api/timestamp';
import type { AnyController } from '#engine/client/controller-runtime';
import type { Plan, Situation, Step, View } from '#engine/client/plan';
import { controllerManagerOf } from '#engine/controllers/controller-manager';
import { controllers } from '#engine/controllers/registry';
import { remove, update } from '#engine/controllers/steps';
import type { ProcessDefinition } from '#engine/kernel/process';
import { SECOND } from '#engine/kernel/time';

type Changed = (controller: AnyController) => AnyController;

/** The manager with one of its controllers changed; its name must be one that there is. */
function managerWith(name: string, change: Changed): ProcessDefinition<never, never> {
  if (!controllers.some((known) => known.name === name)) throw new Error(`there is no controller ${name}`);
  const manager = controllerManagerOf(controllers.map((known) => (known.name === name ? change(known) : known)));
  return manager as ProcessDefinition<never, never>;
}

/** The caches with other objects in the place of some. */
const viewWith = (view: View, shown: (object: KubeObject) => KubeObject): View => {
  const all = <T>(objects: readonly T[]): readonly T[] => objects.map((object) => shown(object as KubeObject) as T);
  return {
    get(kind, namespace, name) {
      const object = view.get(kind, namespace, name);
      return object === undefined ? undefined : (shown(object) as typeof object);
    },
    list: (kind, namespace) => all(view.list(kind, namespace)),
    ownedBy: (kind, uid) => all(view.ownedBy(kind, uid)),
    standings: (uid) => all(view.ownedBy('Pod', uid)).map(standingOf),
    orphans: (kind, namespace) => all(view.orphans(kind, namespace)),
    unread: (kind) => view.unread(kind),
    podsOn: (node) => all(view.podsOn(node)),
  };
};

/** A controller that sees something else. */
const sees =
  (shown: (object: KubeObject) => KubeObject): Changed =>
  (controller) => ({
    ...controller,
    reconcile: (view, key, situation) => controller.reconcile(viewWith(view, shown), key, situation),
  });

/** A controller that plans something else. */
const plans =
  (change: (plan: Plan<unknown>, view: View, key: string, situation: Situation<unknown>) => Plan<unknown>): Changed =>
  (controller) => ({
    ...controller,
    reconcile: (view, key, situation) => change(controller.reconcile(view, key, situation), view, key, situation),
  });

/** A controller that takes no note of some changes. */
const misses =
  (kind: string, ...types: readonly string[]): Changed =>
  (controller) => ({
    ...controller,
    keysFor: (change, view) =>
      change.kind === kind && types.includes(change.type) ? [] : controller.keysFor(change, view),
  });

const parts = (key: string): readonly [string, string] => {
  const slash = key.indexOf('/');
  return [key.slice(0, Math.max(0, slash)), key.slice(slash + 1)];
};

/** Pods of the last two seconds are not seen, as if the caches had not shown them yet and nobody waited for that. */
const forgetful: Changed = (controller) => ({
  ...controller,
  reconcile(view, key, situation) {
    const isOld = (object: unknown): boolean => {
      const { kind, metadata } = object as KubeObject;
      return kind !== 'Pod' || parseTimestamp(metadata.creationTimestamp) < situation.now - 2 * SECOND;
    };
    const seen: View = {
      ...viewWith(view, (object) => object),
      list: (kind, namespace) => view.list(kind, namespace).filter(isOld),
      ownedBy: (kind, uid) => view.ownedBy(kind, uid).filter(isOld),
      standings: (uid) => view.ownedBy('Pod', uid).filter(isOld).map(standingOf),
      orphans: (kind, namespace) => view.orphans(kind, namespace).filter(isOld),
    };
    return controller.reconcile(seen, key, situation);
  },
});

const unavailable = (object: KubeObject): KubeObject => {
  const { kind, spec } = object as Deployment;
  const rolling = spec?.strategy?.rollingUpdate;
  if (kind !== 'Deployment' || rolling === undefined) return object;
  const changed = { ...spec, strategy: { rollingUpdate: { ...rolling, maxUnavailable: '100%' } } };
  const deployment: Deployment = { ...(object as Deployment), spec: changed };
  return deployment;
};

const allowed = (object: KubeObject): KubeObject => {
  if (object.kind !== 'CronJob') return object;
  const cronJob = object as CronJob;
  return { ...cronJob, spec: { ...cronJob.spec, concurrencyPolicy: 'Allow' } } as CronJob;
};

export const PLANTED: Readonly<Record<string, ProcessDefinition<never, never>>> = {
  'a ReplicaSet makes pods without those that the caches have not shown yet': managerWith('replicaset', forgetful),
  'a Deployment ignores maxUnavailable': managerWith('deployment', sees(unavailable)),
  'a StatefulSet does not wait for the end of a pod whose name it gives again': managerWith(
    'statefulset',
    plans((plan, view, key) => {
      const set = view.get('StatefulSet', ...parts(key));
      const going = view
        .ownedBy('Pod', set?.metadata.uid ?? '')
        .filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
      return { ...plan, steps: [...going.map((pod) => remove(pod, { gracePeriodSeconds: 0 })), ...plan.steps] };
    }),
  ),
  'a Job counts a pod twice': managerWith(
    'job',
    plans((plan, view, key) => {
      const known = view.get('Job', ...parts(key))?.status?.succeeded ?? 0;
      const twice = (step: Step): Step => {
        if (step.op !== 'update' || step.object.kind !== 'Job') return step;
        const job = step.object as Job;
        const { succeeded = 0 } = job.status ?? {};
        if (succeeded !== known + 1) return step;
        return { ...step, object: { ...job, status: { ...job.status, succeeded: succeeded + 1 } } as Job };
      };
      return { ...plan, steps: plan.steps.map(twice) };
    }),
  ),
  'a DaemonSet takes no note of taints that are gone': managerWith('daemonset', misses('Node', 'updated')),
  'a ReplicaSet takes no note of what its pods come to': managerWith('replicaset', misses('Pod', 'updated')),
  'the garbage collector takes no note of what is gone': managerWith('garbage-collector', (controller) => ({
    ...controller,
    keysFor: (change, view) => (change.type === 'deleted' ? [] : controller.keysFor(change, view)),
  })),
  'a namespace ends before what is in it': managerWith(
    'namespace',
    plans((plan, view, name) => {
      const namespace = view.get('Namespace', '', name);
      if (namespace?.metadata.deletionTimestamp === undefined) return plan;
      return { ...plan, steps: [{ ...update({ ...namespace, spec: { finalizers: [] } }), subresource: 'finalize' }] };
    }),
  ),
  'a CronJob makes a Job beside one that it forbids': managerWith('cronjob', sees(allowed)),
  'the disruption controller takes no note of what becomes of pods': managerWith(
    'disruption',
    misses('Pod', 'updated'),
  ),
  'a StatefulSet never rests': managerWith(
    'statefulset',
    plans((plan) => ({ ...plan, again: SECOND })),
  ),
};
