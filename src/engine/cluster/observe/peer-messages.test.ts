import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import type { PeerMessageRecord } from '../records';
import { bootedStory } from '../testing';

const short = ({ from, to, what }: PeerMessageRecord): string =>
  `${what} ${from.replace(/\D+/g, '')}>${to.replace(/\D+/g, '')}`;

describe('what is shown of messages between etcd members', () => {
  it('is nothing for one that is alone', () => {
    const t = bootedStory({ recorded: false, nodes: 1 });
    t.run(SECOND);
    expect(t.engine.observe(t.look().cursor).peerMessages).toEqual([]);
  });

  it('tells of the leader’s appends and heartbeats, each once a frame, and of the votes of an election', () => {
    const t = bootedStory({ recorded: false, nodes: 1, controlPlanes: 3 });
    const raftOf = (number: number) =>
      t.machine(`control-plane-${number}`).processes.find(({ name }) => name === 'etcd')!.raft;
    const leader = [1, 2, 3].find((number) => raftOf(number)?.role === 'leader')!;
    const others = [1, 2, 3].filter((number) => number !== leader);
    const { cursor } = t.engine.observe(null);
    t.engine.run(t.now + 2 * SECOND, { events: 1_000_000 });
    const { peerMessages } = t.engine.observe(cursor);
    expect(new Set(peerMessages.map(short))).toEqual(
      new Set(
        others.flatMap((other) => [
          `heartbeat ${leader}>${other}`,
          `append ${leader}>${other}`,
          `append-answer ${other}>${leader}`,
        ]),
      ),
    );
    expect(peerMessages).toHaveLength(6);
    t.fault({ type: 'power-off', machine: `control-plane-${leader}` });
    const killed = t.engine.observe(null).cursor;
    t.run(3 * SECOND);
    const told = t.engine.observe(killed).peerMessages.map(short);
    const next = [1, 2, 3].find((number) => number !== leader && raftOf(number)?.role === 'leader')!;
    const voter = others.find((number) => number !== next)!;
    const election = told.filter((word) => word.includes('vote'));
    expect(election).toEqual([
      `pre-vote ${next}>${voter}`,
      `pre-vote-answer ${voter}>${next}`,
      `vote ${next}>${voter}`,
      `vote-answer ${voter}>${next}`,
    ]);
  });
});
