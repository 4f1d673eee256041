/** Plays a controller and the kubelets for tests of workloads. */
import type { KubeObject, Pod } from '#engine/api/types';
import type { Controller } from '#engine/client/plan';
import type { Micros } from '#engine/kernel/time';
import { type World, applyPlan } from './apply';
import { readyCondition } from './builders';
import { situation, viewOfObjects } from './view';

export interface Stage<Memory> {
  readonly world: World;
  readonly memory: Memory;
}

/** Reconciles a key until it has nothing to do; pods that are deleted are gone at once. */
export function settle<Memory>(
  { world, memory }: Stage<Memory>,
  controller: Controller<Memory>,
  key: string,
  now: Micros = 0,
): Stage<Memory> {
  for (let round = 0; round < 20; round++) {
    const plan = controller.reconcile(viewOfObjects(world.objects), key, situation<Memory>({ now, memory }));
    if (plan.steps.length === 0) return { world, memory };
    world = applyPlan(world, plan, now);
    memory = plan.memory ?? memory;
  }
  throw new Error(`${controller.name} does not come to rest`);
}

export const podsIn = ({ objects }: World): readonly Pod[] =>
  objects.filter((object): object is Pod => object.kind === 'Pod');
export const podNames = (world: World): readonly string[] => podsIn(world).map(({ metadata }) => metadata.name);

/** The world with some pods changed. */
export function withPods(world: World, change: (pod: Pod) => Partial<Pod['status']> | null): World {
  const objects = world.objects.map((object): KubeObject => {
    const status = object.kind === 'Pod' ? change(object as Pod) : null;
    return status === null ? object : ({ ...object, status: { ...(object as Pod).status, ...status } } as KubeObject);
  });
  return { ...world, objects };
}

/** All pods, or those that are named, run and are Ready since the start. */
export const allReady = (world: World, ...names: readonly string[]): World =>
  withPods(world, ({ metadata }) =>
    names.length > 0 && !names.includes(metadata.name) ? null : { phase: 'Running', conditions: [readyCondition()] },
  );

/** The world with one object in the place of the one of its kind and name, or added. */
export function withObject(world: World, object: KubeObject): World {
  const isIt = ({ kind, metadata }: KubeObject): boolean =>
    kind === object.kind && metadata.name === object.metadata.name;
  return { ...world, objects: [...world.objects.filter((each) => !isIt(each)), object] };
}
