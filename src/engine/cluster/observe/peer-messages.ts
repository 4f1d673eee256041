/** What has arrived from one etcd member at another, read from the record of causes. Nothing is kept for it. */
import { type CausesState, findCause } from '#engine/kernel/causes';
import type { EventId } from '#engine/kernel/process';
import type { PeerMessageRecord } from '../records';

const WORDS: Readonly<Record<string, PeerMessageRecord['what']>> = {
  'raft/append': 'append',
  'raft/append-answer': 'append-answer',
  'raft/heartbeat': 'heartbeat',
  'raft/snapshot': 'snapshot',
  'raft/pre-vote': 'pre-vote',
  'raft/pre-vote-answer': 'pre-vote-answer',
  'raft/vote': 'vote',
  'raft/vote-answer': 'vote-answer',
};

/** The messages that were handled in the events from `since` on, as far as they are remembered; of equal ones the first. */
export function peerMessages(causes: CausesState, since: EventId): readonly PeerMessageRecord[] {
  const messages = new Map<string, PeerMessageRecord>();
  for (let event = Math.max(since, causes.first); event < causes.next; event++) {
    const arrival = findCause(causes, event);
    const what = arrival === null ? undefined : WORDS[arrival.type];
    if (arrival === null || what === undefined) continue;
    const from = findCause(causes, arrival.cause)?.process;
    const key = `${from} ${arrival.process} ${what}`;
    if (from === undefined || messages.has(key)) continue;
    messages.set(key, { at: arrival.at, from, to: arrival.process, what });
  }
  return [...messages.values()];
}
