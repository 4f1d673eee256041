import { describe, expect, it } from 'vitest';
import type { RaftRecord } from '#engine/cluster/records';
import { SECOND } from '#engine/kernel/time';
import { event, frame, heartbeat, machine, node, pod, process, workload } from '../testing/builders';
import {
  applyFrame,
  countdownsOf,
  emptyMirror,
  findObject,
  ghostsOn,
  GHOST_MS,
  podsOn,
  UNSCHEDULED,
  type Mirror,
} from './mirror';

const FOLLOWER: RaftRecord = {
  role: 'follower',
  term: 1,
  leader: null,
  lastIndex: 0,
  persistedIndex: 0,
  commitIndex: 0,
  appliedIndex: 0,
  voters: [],
  votes: [],
  progress: [],
};

const after = (...frames: Parameters<typeof frame>[0][]): Mirror =>
  frames.reduce<Mirror>((mirror, given, index) => applyFrame(mirror, frame(given), index * 16), emptyMirror);

describe('applyFrame', () => {
  it('keeps pods by the node that they are bound to, in order of birth', () => {
    const mirror = after(
      { set: [pod('b', { createdAt: 2 }), pod('a', { createdAt: 1 }), pod('c', { node: null })] },
      { set: [pod('c', { node: 'node-2' })] },
    );

    expect(podsOn(mirror, 'node-1').map(({ name }) => name)).toEqual(['a', 'b']);
    expect(podsOn(mirror, 'node-2').map(({ name }) => name)).toEqual(['c']);
    expect(podsOn(mirror, UNSCHEDULED)).toEqual([]);
  });

  it('takes up changes of a pod in whatever way they come within a frame', () => {
    const before = after({ set: [pod('a', { createdAt: 1 }), pod('b', { createdAt: 2 }), pod('c', { createdAt: 3 })] });
    const names = (mirror: Mirror, name: string) => podsOn(mirror, name).map((one) => `${one.name} ${one.restarts}`);
    const mirror = applyFrame(
      before,
      frame({
        set: [
          pod('a', { createdAt: 1, restarts: 1 }),
          pod('a', { createdAt: 1, restarts: 2 }),
          pod('b', { createdAt: 2, restarts: 1 }),
          pod('b', { createdAt: 2, restarts: 1, node: 'node-2' }),
          pod('b', { createdAt: 2, restarts: 2, node: 'node-2' }),
          pod('c', { createdAt: 3, restarts: 1 }),
        ],
        gone: [pod('c').uid],
      }),
      16,
    );
    expect(names(mirror, 'node-1')).toEqual(['a 2']);
    expect(names(mirror, 'node-2')).toEqual(['b 2']);
    expect(names(before, 'node-1')).toEqual(['a 0', 'b 0', 'c 0']);
  });

  it('gives the same parts when a frame does not touch them', () => {
    const before = after({
      set: [pod('a'), pod('b', { node: 'node-2' }), node('node-1'), workload('web')],
      machines: [machine('node-1')],
    });
    const mirror = applyFrame(before, frame({ now: SECOND, set: [pod('b', { node: 'node-2', restarts: 1 })] }), 16);

    expect(podsOn(mirror, 'node-1')).toBe(podsOn(before, 'node-1'));
    expect(mirror.nodes).toBe(before.nodes);
    expect(mirror.workloads).toBe(before.workloads);
    expect(mirror.machines).toBe(before.machines);
    expect(mirror.eventLog).toBe(before.eventLog);
    expect(mirror.hues).toBe(before.hues);
    expect(podsOn(before, 'node-2')[0]?.restarts).toBe(0);
  });

  it('follows a pod that changes twice in one frame', () => {
    const mirror = after({ set: [pod('a', { node: null }), pod('a', { node: 'node-1' })] });
    expect(podsOn(mirror, UNSCHEDULED)).toEqual([]);
    expect(podsOn(mirror, 'node-1')).toHaveLength(1);
  });

  it('leaves a ghost where a pod was, for a while', () => {
    const gone = after({ set: [pod('a')] }, { gone: [pod('a').uid] });
    expect(podsOn(gone, 'node-1')).toEqual([]);
    expect(ghostsOn(gone, 'node-1').map(({ name }) => name)).toEqual(['a']);
    expect(ghostsOn(applyFrame(gone, frame(), 16 + GHOST_MS), 'node-1')).toEqual([]);
  });

  it('begins anew with a full frame, but keeps the colours of owners', () => {
    const mirror = after(
      { set: [pod('a', { app: 'Deployment/default/x' }), pod('b')] },
      { full: true, set: [pod('b')] },
    );
    expect(podsOn(mirror, 'node-1').map(({ name }) => name)).toEqual(['b']);
    expect(mirror.hues.get('Deployment/default/web')).toBe(1);
  });

  it('finds an object by its name, also when another has taken the name', () => {
    const first = pod('web-0', { uid: 'one' });
    const second = pod('web-0', { uid: 'two', node: 'node-2' });
    const mirror = after({ set: [first] }, { set: [second], gone: ['one'] });
    expect(findObject(mirror, { kind: 'Pod', namespace: 'default', name: 'web-0' })).toBe(second);
  });

  it('finds a machine by its Node', () => {
    const mirror = after({ set: [node('node-1')] });
    expect(findObject(mirror, { kind: 'Machine', namespace: '', name: 'node-1' })?.kind).toBe('Node');
  });

  it('orders Events by when they were last seen, and moves one that is seen again', () => {
    const mirror = after(
      { set: [event('a', { lastSeen: 1 }), event('b', { lastSeen: 2 })] },
      { set: [event('a', { lastSeen: 3, count: 2 })] },
    );
    expect(mirror.eventLog.map(({ name, count }) => [name, count])).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });

  it('forgets Events that have expired', () => {
    const mirror = after({ set: [event('a'), event('b', { lastSeen: 2 })] }, { gone: ['event/a'] });
    expect(mirror.eventLog.map(({ name }) => name)).toEqual(['b']);
  });

  it('keeps the very same countdowns while they say the same', () => {
    const clock = () => ({
      id: 'grace/node-1',
      subject: { kind: 'Node', namespace: '', name: 'node-1' },
      what: 'grace-period' as const,
      startedAt: 0,
      endsAt: 50 * SECOND,
      text: 'no heartbeat',
    });
    const before = after({ countdowns: [clock()] });
    const mirror = applyFrame(before, frame({ now: SECOND, countdowns: [clock()] }), 16);
    expect(mirror.countdowns).toBe(before.countdowns);
    expect(countdownsOf(mirror, 'Node//node-1')).toHaveLength(1);
    expect(applyFrame(mirror, frame(), 32).countdowns.size).toBe(0);
  });

  it('does not take a heartbeat for the latest write', () => {
    const write = heartbeat('node-1', 5, { resource: 'pods', namespace: 'default', name: 'a', verb: 'create' });
    const mirror = after({ writes: [write, heartbeat('node-1', 6)] });
    expect(mirror.lastWrite).toBe(write);
    expect(mirror.activity.recentRenewals).toEqual([6]);
  });

  it('counts as booted once all machines but the laptop have been Ready', () => {
    const machines = [machine('node-1'), machine('node-2'), machine('laptop', { role: 'laptop' as const })];
    const some = after({ machines, set: [node('node-1')] });
    const all = applyFrame(some, frame({ set: [node('node-2')] }), 16);
    const down = applyFrame(all, frame({ set: [node('node-2', { ready: 'Unknown' })] }), 32);
    expect([some.booted, all.booted, down.booted]).toEqual([false, true, true]);
  });
});

describe('markers', () => {
  it('tell when another member of etcd leads', () => {
    const led = (name: string, term: number) =>
      machine(name, { processes: [process(name, 'etcd', { raft: { ...FOLLOWER, role: 'leader', term } })] });
    const mirror = after(
      { now: 1, machines: [led('control-plane-1', 1), machine('control-plane-2')] },
      { now: 2, machines: [led('control-plane-1', 1)] },
      { now: 3, machines: [led('control-plane-2', 2)] },
      { now: 4, machines: [led('control-plane-2', 3)] },
    );
    expect(mirror.markers).toEqual([{ id: 'leader/2', at: 3, what: 'leader', fault: '', about: 'control-plane-2' }]);
    expect(mirror.leadership).toEqual({ machine: 'control-plane-2', term: 3 });
  });

  const fault = { id: 'f1', at: 7, fault: { type: 'power-off' as const, machine: 'node-1' } };
  const about = { kind: 'Node', namespace: '', name: 'node-1' };

  it('tell faults as they begin and end, and nodes as they fall and rise', () => {
    const mirror = after(
      { faults: [fault], now: 7 },
      { faults: [fault], set: [event('a', { reason: 'NodeNotReady', regarding: about, lastSeen: 60 })] },
      { now: 80, set: [event('b', { reason: 'NodeReady', regarding: about, lastSeen: 90 })] },
    );
    expect(mirror.markers.map(({ what, at }) => [what, at])).toEqual([
      ['fault', 7],
      ['node-not-ready', 60],
      ['healed', 80],
      ['node-ready', 90],
    ]);
  });

  it('do not tell that a node has booted', () => {
    expect(after({ set: [event('b', { reason: 'NodeReady', regarding: about })] }).markers).toEqual([]);
  });
});
