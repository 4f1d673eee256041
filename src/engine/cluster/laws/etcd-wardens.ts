/** Laws of etcd's group. */
import { etcd } from '#engine/etcd/etcd';
import { lastIndex } from '#engine/etcd/raft/log';
import type { EtcdState } from '#engine/etcd/state';
import type { Kernel } from '#engine/kernel/kernel';
import type { ProcessId } from '#engine/kernel/process';
import { stateOf } from '../observe/truth';
import type { Warden } from './law';

function* members(kernel: Kernel): Generator<{ readonly id: ProcessId; readonly state: EtcdState }> {
  for (const process of kernel.processes.values()) {
    if (process.spec.kind !== etcd.kind || process.status === 'down') continue;
    const state = stateOf(process, etcd);
    if (state !== null) yield { id: process.id, state };
  }
}

const processSubject = (id: ProcessId) => ({ kind: 'Process', namespace: '', name: id });

/** Raft's election safety: at most one leader in a term. @source Raft paper, figure 3 */
export function oneLeader(): Warden {
  const leaders = new Map<string, ProcessId>();
  return {
    law: 'one-leader',
    look({ kernel }, accuse) {
      for (const { id, state } of members(kernel)) {
        if (state.raft.role !== 'leader') continue;
        const term = `${state.cluster} ${state.raft.term}`;
        const other = leaders.get(term);
        if (other === undefined) leaders.set(term, id);
        else if (other !== id) accuse(`${other} and ${id} both led in term ${state.raft.term}`, processSubject(id));
      }
    },
  };
}

/** What was committed stays: a leader that has applied its log knows every revision that any member ever had applied. */
export function nothingLost(): Warden {
  let highest = 0;
  return {
    law: 'nothing-lost',
    look({ kernel }, accuse) {
      let lost: number | null = null;
      for (const { id, state } of members(kernel)) {
        const { raft, store } = state;
        const knowsAll = raft.role === 'leader' && raft.log.applied === lastIndex(raft.log);
        if (knowsAll && store.revision < highest) {
          accuse(
            `revision ${highest} was committed, and ${id}, which leads, knows up to ${store.revision}`,
            processSubject(id),
          );
          lost = store.revision;
        }
      }
      if (lost !== null) highest = lost;
      for (const { state } of members(kernel)) highest = Math.max(highest, state.store.revision);
    },
  };
}
