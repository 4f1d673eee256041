import { describe, expect, it } from 'vitest';
import { applyFrame, emptyMirror } from '../state/mirror';
import { frame, heartbeat, pod } from '../testing/builders';
import { createFlightBoard } from './flight-board';
import { arrivals, planFlights } from './flights';
import { heartbeatsFrom, pulseProgress, PULSE_MS, withHeartbeats, withPeerMessages } from './pulses';

const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'rs' };
const started = applyFrame(emptyMirror, frame({ set: [pod('waits', { node: null, owner }), pod('runs')] }), 0);

describe('flights', () => {
  it.each([
    ['a pod made by a controller', pod('new', { node: null, owner }), ['controllers']],
    ['a pod made by a person', pod('new', { node: null }), ['api-server']],
    ['a pod made and bound within one frame', pod('new', { owner }), ['controllers', 'scheduler']],
    ['a pod that is bound', pod('waits', { owner }), ['scheduler']],
  ])('%s', (_case, record, stops) => {
    expect(planFlights(started, frame({ set: [record] }))).toMatchObject([{ uid: record.uid, stops, to: record.node }]);
  });

  it('are not made of changes that move nothing', () => {
    expect(planFlights(started, frame({ set: [pod('runs', { restarts: 2 })] }))).toEqual([]);
  });

  it('are not made of a full frame: nothing in it has moved', () => {
    expect(planFlights(started, frame({ full: true, set: [pod('new')] }))).toEqual([]);
  });

  it('of a pod that changes a hundred times in a frame are one', () => {
    const changes = Array.from({ length: 100 }, (_, restarts) => pod('runs', { restarts }));
    expect(planFlights(started, frame({ set: changes }))).toEqual([]);
  });

  it('become a flow when there are more than an eye can follow, or time goes too fast, and are flights again later', () => {
    const moved = (count: number) =>
      planFlights(started, frame({ set: Array.from({ length: count }, (_, index) => pod(`new-${index}`)) }));
    const board = createFlightBoard(document);
    expect(board.announce(moved(4), true, 0)).toEqual([]);
    const flowing = board.announce(moved(40), true, 100);
    expect(arrivals(flowing)).toEqual(new Map([[pod('new').node, 40]]));
    expect(board.announce(moved(1), true, 600)).toHaveLength(1);
    expect(board.announce(moved(1), true, 6_000)).toEqual([]);
    expect(board.announce(moved(1), false, 9_000)).toHaveLength(1);
  });
});

describe('pulses', () => {
  it('come from kubelets that renewed their lease', () => {
    const refused = heartbeat('node-3', 1, { code: 409 });
    const elections = heartbeat('x', 1, { namespace: 'kube-system', from: 'control-plane-1/kube-scheduler' });
    expect(heartbeatsFrom([heartbeat('node-1', 1), heartbeat('node-1', 2), refused, elections])).toEqual(['node-1']);
  });

  it('stand for many heartbeats when these come fast', () => {
    const first = withHeartbeats([], ['node-1', 'node-2'], 0);
    expect(withHeartbeats(first, ['node-1'], 100)).toHaveLength(2);
    expect(withHeartbeats(first, ['node-1'], 700)).toHaveLength(3);
    expect(withHeartbeats(first, [], PULSE_MS)).toEqual([]);
  });

  it('between etcd members run on a wire each way, appends and what says yes to them', () => {
    const message = { at: 0, from: 'control-plane-1/etcd', to: 'control-plane-2/etcd', what: 'append' } as const;
    const answer = { at: 1, from: message.to, to: message.from, what: 'append-answer' } as const;
    const pulses = withPeerMessages([], [message, answer], 5);
    expect(pulses).toEqual([
      { wire: 'control-plane-1>control-plane-2', kind: 'append', startedMs: 5 },
      { wire: 'control-plane-2>control-plane-1', kind: 'append-answer', startedMs: 5 },
    ]);
    expect(withPeerMessages(pulses, [message], 100)).toHaveLength(2);
  });

  it('show the rounds of an election one after the other, and what follows after them', () => {
    const peers = { at: 0, from: 'control-plane-1/etcd', to: 'control-plane-2/etcd' } as const;
    const back = { at: 0, from: peers.to, to: peers.from } as const;
    const election = withPeerMessages(
      [],
      [
        { ...peers, what: 'pre-vote' },
        { ...back, what: 'pre-vote-answer' },
        { ...peers, what: 'vote' },
      ],
      0,
    );
    const all = withPeerMessages(
      election,
      [
        { ...back, what: 'vote-answer' },
        { ...peers, what: 'append' },
      ],
      16,
    );
    expect(all.map(({ kind }) => kind)).toEqual(['pre-vote', 'pre-vote-answer', 'vote', 'vote-answer', 'append']);
    const starts = all.map(({ startedMs }) => startedMs);
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    expect(pulseProgress(all[4]!, 16)).toBe(-1);
  });

  it('arrive', () => {
    const [pulse] = withHeartbeats([], ['node-1'], 0);
    expect(pulse && [pulseProgress(pulse, 0), pulseProgress(pulse, PULSE_MS)]).toEqual([0, 1]);
  });
});
