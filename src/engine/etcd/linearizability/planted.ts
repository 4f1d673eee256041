/** Bugs planted into etcd from outside: what a member is told, says, keeps on its disk or in its state is changed on its way. */
import type { Context, Disk, Message, ProcessDefinition } from '#engine/kernel/process';
import { MILLISECOND } from '#engine/kernel/time';
import { crcOfNumber } from '../crc32c';
import { etcd } from '../etcd';
import { expiredLeases, revokeLease } from '../lease';
import type { RaftMessage } from '../raft/messages';
import type { EtcdState } from '../state';
import type { EtcdAnswer, EtcdRequest, StoreSnapshot } from '../wire';

interface Plant {
  readonly start?: (state: EtcdState) => void;
  readonly before?: (state: EtcdState, message: Message, ctx: Context) => Message;
  readonly after?: (state: EtcdState, message: Message, ctx: Context) => void;
  readonly disk?: (disk: Disk, ctx: Context) => Partial<Disk>;
}

/** A context with another disk; everything else is the real one's. */
function withDisk(ctx: Context, disk: Plant['disk']): Context {
  if (disk === undefined) return ctx;
  const real = ctx.disk;
  const changed: Disk = {
    append: (...args) => real.append(...args),
    replace: (...args) => real.replace(...args),
    read: (file) => real.read(file),
    remove: (file) => real.remove(file),
    files: (prefix) => real.files(prefix),
    isFull: () => real.isFull(),
    sync: (file, done) => real.sync(file, done),
    ...disk(real, ctx),
  };
  return new Proxy(ctx, {
    get(target, name): unknown {
      if (name === 'disk') return changed;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

const plant = ({ start, before, after, disk }: Plant): ProcessDefinition<never, never> => {
  const changed: ProcessDefinition<EtcdState, EtcdState['args']> = {
    kind: 'etcd',
    start(ctx, args) {
      const state = etcd.start(withDisk(ctx, disk), args);
      start?.(state);
      return state;
    },
    handle(state, message, ctx) {
      const own = withDisk(ctx, disk);
      const told = before?.(state, message, own) ?? message;
      etcd.handle(state, told, own);
      after?.(state, told, own);
    },
  };
  return changed as ProcessDefinition<never, never>;
};

/** A snapshot without the first of its keys, in whose place stands the next, and a checksum that fits. */
function forgetKey(record: unknown): unknown {
  const { index, term, data, ...rest } = record as { index: number; term: number; data: StoreSnapshot };
  const [, second, ...others] = data.kvs;
  if (second === undefined) return record;
  const kvs = [second, ...others];
  const crc = [term, data.revision, kvs.length, data.history.length].reduce(crcOfNumber, crcOfNumber(0, index));
  return { ...rest, index, term, data: { ...data, kvs }, crc };
}

export const PLANTED: Readonly<Record<string, ProcessDefinition<never, never>>> = {
  'a leader counts entries of old terms as committed': plant({
    after({ raft: { role, term, log } }) {
      while (role === 'leader' && log.committed < log.stable && log.entries[log.committed - log.base]!.term < term) {
        log.committed++;
      }
    },
  }),
  'the log is not synced before it is acknowledged': plant({
    disk: (_, ctx) => ({ sync: (_file, done) => void ctx.after(0, done) }),
  }),
  'events before a compaction are left out without a word': plant({
    before({ store }, message) {
      const request = message as EtcdRequest;
      if (request.type !== 'etcd/watch-create') return message;
      return { ...request, startRevision: Math.max(request.startRevision, store.compactRevision) } as Message;
    },
  }),
  'reads do not ask the majority': plant({
    before: (_, message) => (message.type === 'etcd/range' ? ({ ...message, serializable: true } as Message) : message),
  }),
  'a leader acknowledges before the majority has it': plant({
    after(state, message, ctx) {
      const request = message as EtcdRequest;
      if (request.type !== 'etcd/txn' || request.compare.length > 0 || state.raft.role !== 'leader') return;
      if (request.success.some(({ op }) => op !== 'put') || ctx.from === null) return;
      const header = { member: state.member, term: state.raft.term, index: 0, revision: state.store.revision + 1 };
      const results = request.success.map(() => ({ op: 'put' as const }));
      const answer: EtcdAnswer = { type: 'etcd/txn-answer', id: request.id, header, succeeded: true, results };
      ctx.send(ctx.from, answer);
    },
  }),
  'a follower revokes leases by its own clock': plant({
    after(state, _, ctx) {
      if (state.raft.role === 'leader') return;
      for (const { id } of expiredLeases(state.lessor, ctx.monotonic)) {
        revokeLease(state.lessor, state.store, id, ctx.event);
      }
    },
  }),
  'a snapshot forgets a key': plant({
    disk: (disk) => ({
      read: (file) => (file.startsWith('snap/') ? disk.read(file).map(forgetKey) : disk.read(file)),
    }),
  }),
  'a follower drops the last entries of its log when it restarts': plant({
    start({ raft: { log } }) {
      log.entries = log.entries.slice(0, Math.max(0, log.applied - log.base, log.entries.length - 3));
      const last = log.base + log.entries.length;
      log.stable = log.handedOut = last;
      log.committed = Math.min(log.committed, last);
    },
  }),
  'a forwarded proposal is taken twice': plant({
    after({ raft }, message, ctx) {
      const forwarded = message as RaftMessage;
      if (forwarded.type !== 'raft/propose' || ctx.from === null || raft.role !== 'leader') return;
      ctx.after(20 * MILLISECOND, forwarded);
    },
  }),
  'a watch that is resumed begins one revision too late': plant({
    before(_, message) {
      const request = message as EtcdRequest;
      if (request.type !== 'etcd/watch-create' || request.startRevision <= 1) return message;
      return { ...request, startRevision: request.startRevision + 1 } as Message;
    },
  }),
  'the vote is not persisted': plant({
    start({ raft }) {
      raft.vote = 0;
    },
  }),
  'a member votes for everybody': plant({
    before({ raft }, message) {
      if (message.type === 'raft/vote') raft.vote = 0;
      return message;
    },
  }),
};
