import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import { ASSIGNED_POD_DELETE, NODE_ADD, nodeChanges } from './events';
import { frameworkOf } from './framework';
import { podInfo } from './pod-info';
import { DEFAULT_PROFILE } from './profile';
import {
  type Moment,
  type SchedulingQueue,
  addPod,
  deletePod,
  finishPod,
  flushBackoff,
  flushUnschedulable,
  moveAll,
  newQueue,
  popPod,
  returnPod,
  updatePod,
} from './queue';
import { aNode, aPod } from './testing';

const framework = frameworkOf(DEFAULT_PROFILE);
const at = (seconds: number): Moment => ({
  now: seconds * SECOND,
  event: 1,
  frameworks: [framework],
  preempting: new Map(),
});
const FIT = framework.bitOf('NodeResourcesFit');

function add(queue: SchedulingQueue, pod: Pod, seconds = 0): Pod {
  addPod(queue, podInfo(pod), at(seconds));
  return pod;
}

const pop = (queue: SchedulingQueue, seconds = 0): string | undefined =>
  popPod(queue, seconds * SECOND)?.info.pod.metadata.name;

/** Takes the next pod and puts it back as turned down (by the Fit plug-in) or, with 0, as broken. */
function fail(queue: SchedulingQueue, seconds: number, rejectedBy = FIT): void {
  const queued = popPod(queue, seconds * SECOND)!;
  queued.rejectedBy = rejectedBy;
  returnPod(queue, queued, at(seconds));
}

const bound = (node: string): Pod => aPod('bound', { node, requests: [{ cpu: '1' }] });

describe('the scheduling queue', () => {
  it('gives the most important pod first, then the one that has waited longest', () => {
    const queue = newQueue();
    add(queue, aPod('first'), 1);
    add(queue, aPod('second'), 2);
    add(queue, aPod('important', { priority: 10 }), 3);
    add(queue, aPod('unimportant', { priority: -1 }), 0);
    expect([pop(queue), pop(queue), pop(queue), pop(queue), pop(queue)]).toEqual([
      'important',
      'first',
      'second',
      'unimportant',
      undefined,
    ]);
  });

  it('keeps a pod that was turned down until something happens that may help it', () => {
    const queue = newQueue();
    add(queue, aPod('big', { requests: [{ cpu: '2' }] }));
    fail(queue, 0);
    expect(pop(queue)).toBeUndefined();
    expect(moveAll(queue, NODE_ADD, { now: aNode('small', { allocatable: { cpu: '1' } }) }, at(20))).toBe(0);
    expect(moveAll(queue, NODE_ADD, { now: aNode('large') }, at(20))).toBe(1);
    expect(pop(queue, 20)).toBe('big');
  });

  it('hears of freed room', () => {
    const queue = newQueue();
    add(queue, aPod('big', { requests: [{ cpu: '2' }] }));
    fail(queue, 0);
    expect(moveAll(queue, ASSIGNED_POD_DELETE, { old: bound('node-1') }, at(20))).toBe(1);
    expect(queue.active).toHaveLength(1);
  });

  it('does not hear of what none of its rejecting plug-ins has registered for', () => {
    const queue = newQueue();
    add(queue, aPod('repelled'));
    fail(queue, 0, framework.bitOf('TaintToleration'));
    expect(moveAll(queue, ASSIGNED_POD_DELETE, { old: bound('node-1') }, at(20))).toBe(0);
    const tainted = aNode('node-1', { taints: [{ key: 'a', effect: 'NoSchedule' }] });
    const free = aNode('node-1');
    const [event] = nodeChanges(tainted, free);
    expect(moveAll(queue, event!, { old: tainted, now: free }, at(20))).toBe(1);
  });

  it('makes a pod wait for its back-off when others are active', () => {
    const queue = newQueue();
    add(queue, aPod('big', { requests: [{ cpu: '2' }] }));
    fail(queue, 5.3);
    moveAll(queue, ASSIGNED_POD_DELETE, { old: bound('node-1') }, at(5.4));
    expect(queue.backoff).toHaveLength(1);
    expect(flushBackoff(queue, at(6.9))).toBe(0);
    expect(flushBackoff(queue, at(7))).toBe(1);
    expect(queue.active).toHaveLength(1);
  });

  it('takes a pod out of back-off early when nothing else is to be done, but not after an error', () => {
    const queue = newQueue();
    add(queue, aPod('turned-down'));
    fail(queue, 5);
    moveAll(queue, ASSIGNED_POD_DELETE, { old: bound('node-1') }, at(5));
    expect(pop(queue, 5)).toBe('turned-down');

    add(queue, aPod('broken'), 5);
    fail(queue, 5, 0);
    expect(queue.errorBackoff).toHaveLength(1);
    expect(pop(queue, 5)).toBeUndefined();
  });

  it('counts consecutive errors for the back-off until a plug-in turns the pod down', () => {
    const queue = newQueue();
    add(queue, aPod('p'));
    for (const seconds of [0, 10, 20]) {
      fail(queue, seconds, 0);
      flushBackoff(queue, at(seconds + 9));
    }
    const [queued] = queue.pods.values();
    expect(queued?.consecutiveErrors).toBe(3);
    fail(queue, 30);
    expect([queued?.consecutiveErrors, queued?.unschedulableCount, queued?.attempts]).toEqual([0, 1, 4]);
  });

  it('remembers what happened while a pod was being tried', () => {
    const queue = newQueue();
    add(queue, aPod('big', { requests: [{ cpu: '2' }] }));
    const queued = popPod(queue, 0)!;
    moveAll(queue, ASSIGNED_POD_DELETE, { old: bound('node-1') }, at(0));
    queued.rejectedBy = FIT;
    returnPod(queue, queued, at(0));
    expect(queue.unschedulable.size).toBe(0);
    expect(queue.backoff).toHaveLength(1);
    expect(queue.inFlightEvents).toEqual([]);
  });

  it('tries without an event what has waited for more than five minutes', () => {
    const queue = newQueue();
    add(queue, aPod('p'));
    fail(queue, 0);
    expect(flushUnschedulable(queue, at(300))).toBe(0);
    expect(flushUnschedulable(queue, at(330))).toBe(1);
    expect(pop(queue, 330)).toBe('p');
  });

  it('holds a gated pod until its gates are gone, however long', () => {
    const queue = newQueue();
    const gated = add(queue, aPod('p', { spec: { schedulingGates: [{ name: 'example.com/a' }] } }));
    expect([...queue.unschedulable.values()].map(({ gatedBy }) => gatedBy)).toEqual(['SchedulingGates']);
    expect(flushUnschedulable(queue, at(3000))).toBe(0);
    expect(moveAll(queue, ASSIGNED_POD_DELETE, { old: bound('node-1') }, at(10))).toBe(0);
    const { schedulingGates: _, ...spec } = gated.spec;
    updatePod(queue, podInfo(gated), podInfo({ ...gated, spec }), at(3000));
    expect(pop(queue, 3000)).toBe('p');
  });

  it('tries a pod anew when it has got more tolerations', () => {
    const queue = newQueue();
    const pod = add(queue, aPod('p'));
    fail(queue, 0, framework.bitOf('TaintToleration'));
    const tolerant = { ...pod, spec: { ...pod.spec, tolerations: [{ operator: 'Exists' as const }] } };
    updatePod(queue, podInfo(pod), podInfo(tolerant), at(20));
    expect(pop(queue, 20)).toBe('p');
  });

  it('forgets a pod that is gone, wherever it waits', () => {
    const queue = newQueue();
    const pods = [add(queue, aPod('a')), add(queue, aPod('b'))];
    fail(queue, 0);
    for (const pod of pods) deletePod(queue, pod.metadata.uid);
    expect([queue.pods.size, queue.active.length, queue.unschedulable.size]).toEqual([0, 0, 0]);
    finishPod(queue, pods[0]!.metadata.uid);
    expect(pop(queue)).toBeUndefined();
  });
});
