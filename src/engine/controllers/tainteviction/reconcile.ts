/**
 * Deletes the pods that do not tolerate their node's NoExecute taints, at once or when their time is up. One key per pod.
 *
 * @source kubernetes pkg/controller/tainteviction/taint_eviction.go, timed_workers.go
 */
import { timestamp } from '#engine/api/timestamp';
import type { ObjectReference, Pod, PodCondition, Taint } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import type { EventStep, Plan, Situation, Step, View } from '#engine/client/plan';
import { splitKey } from '../keys';
import { normal, record, remove, strategicPatch, targetOf } from '../steps';
import { FOREVER, minTolerationTime, usedTolerations } from './toleration-time';

/** A deletion to come. It is kept until the pod is seen to be deleting, so that a refused deletion is tried again. */
export interface Timer {
  readonly due: Micros;
  readonly announced: boolean;
}

/** Timers by node, then by the key of the pod: what one change copies is small, however many nodes are lost. */
export interface EvictionMemory {
  readonly timers: ReadonlyMap<string, ReadonlyMap<string, Timer>>;
}

export function reconcileTaintEviction(
  view: View,
  key: string,
  { memory, now }: Situation<EvictionMemory>,
): Plan<EvictionMemory> {
  // The key says the node too: a pod that is gone no longer tells where it was.
  const slash = key.indexOf('/');
  const nodeName = key.slice(0, slash);
  const podKey = key.slice(slash + 1);
  const { namespace, name } = splitKey(podKey);
  const pod = view.get('Pod', namespace, name);
  const timer = memory.timers.get(nodeName)?.get(podKey);
  const forget = (): Pick<Plan<EvictionMemory>, 'memory'> =>
    timer === undefined ? {} : { memory: withTimer(memory, nodeName, podKey, null) };

  if (pod === undefined || pod.spec.nodeName !== nodeName) {
    return { steps: cancellation(namespace, name, timer), ...forget() };
  }
  if (pod.metadata.deletionTimestamp !== undefined) return { steps: [], ...forget() };
  if (timer !== undefined && timer.due <= now)
    return evict(memory, nodeName, podKey, pod, timer, now, `${name}'s time on ${nodeName} is up`);

  const node = view.get('Node', '', nodeName);
  // A node that is gone is no reason to stay: what was decided while it was there holds.
  if (node === undefined) return timer === undefined ? { steps: [] } : { steps: [], again: timer.due - now };
  const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  const used = usedTolerations(taints, pod.spec.tolerations ?? []);
  const stay = taints.length === 0 ? FOREVER : used === null ? 0 : minTolerationTime(used);
  if (stay === FOREVER) {
    return {
      steps: cancellation(namespace, name, timer),
      ...forget(),
      ...(timer === undefined ? {} : { because: `${name} may stay on ${nodeName} after all` }),
    };
  }
  if (stay === 0) {
    const because = `${name} does not tolerate ${taintsText(taints)} of ${nodeName}`;
    return evict(memory, nodeName, podKey, pod, { due: now, announced: false }, now, because);
  }
  // The first decision stands, even if the taints have changed since.
  if (timer !== undefined) return { steps: [], again: timer.due - now };
  const due = now + stay;
  return {
    steps: [],
    again: stay,
    memory: withTimer(memory, nodeName, podKey, { due, announced: false }),
    because: `${name} tolerates ${taintsText(taints)} of ${nodeName} for ${stay / SECOND} s`,
  };
}

function evict(
  memory: EvictionMemory,
  node: string,
  podKey: string,
  pod: Pod,
  timer: Timer,
  now: Micros,
  because: string,
): Plan<EvictionMemory> {
  const { namespace = '', name, uid } = pod.metadata;
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastTransitionTime: timestamp(now),
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  };
  const steps: Step[] = [
    ...(timer.announced
      ? []
      : [
          record(
            normal(
              podReference(namespace, name),
              'TaintManagerEviction',
              `Marking for deletion Pod ${namespace}/${name}`,
            ),
          ),
        ]),
    strategicPatch(
      targetOf(pod),
      { metadata: { uid }, status: { conditions: [condition] } },
      { subresource: 'status' },
    ),
    remove(pod),
  ];
  return {
    steps,
    memory: withTimer(memory, node, podKey, { ...timer, announced: true }),
    because: `${because}: deleting it`,
  };
}

function cancellation(namespace: string, name: string, timer: Timer | undefined): readonly EventStep[] {
  if (timer === undefined || timer.announced) return [];
  const message = `Cancelling deletion of Pod ${namespace}/${name}`;
  return [record(normal(podReference(namespace, name), 'TaintManagerEviction', message))];
}

function podReference(namespace: string, name: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'Pod', namespace, name };
}

function taintsText(taints: readonly Taint[]): string {
  return taints.map(({ key }) => key).join(', ');
}

function withTimer({ timers }: EvictionMemory, node: string, pod: string, timer: Timer | null): EvictionMemory {
  const ofNode = new Map(timers.get(node));
  if (timer === null) ofNode.delete(pod);
  else ofNode.set(pod, timer);
  const next = new Map(timers);
  if (ofNode.size === 0) next.delete(node);
  else next.set(node, ofNode);
  return { timers: next };
}
