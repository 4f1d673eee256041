/**
 * A data directory made of a snapshot, as the first of a new cluster: new members, a new cluster id, so that nobody of the old
 * one is heard.
 *
 * @source etcd etcdutl/snapshot/v3_snapshot.go (Restore, saveDB, saveWALAndSnap)
 * @simplified the member itself does it when it is told to, and starts again by its unit; upstream a person stops it, runs etcdutl and starts it
 */
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import { hashName } from '#engine/kernel/random';
import { noSpaceFor } from './disk-trouble';
import { MEMBER_NOT_FOUND } from './errors';
import type { Snapshot } from './raft/messages';
import { writeSnapshot } from './snapshot';
import { type EtcdState, fail, headerOf } from './state';
import { newWal, openSegment, save } from './wal';
import type { EtcdAnswer, Member, RestoreRequest } from './wire';

/** The new data directory is safe. */
export interface Restored extends Message {
  readonly type: 'etcd/restored';
}
const RESTORED: Restored = Object.freeze({ type: 'etcd/restored' });

export function restore(state: EtcdState, ctx: Context, client: ProcessId, request: RestoreRequest): void {
  const { disk } = ctx;
  const own = request.members.find(({ process }) => process === ctx.self);
  if (own === undefined) return fail(state, ctx, client, request.id, MEMBER_NOT_FOUND);
  if (disk.isFull()) return fail(state, ctx, client, request.id, noSpaceFor('snap/db'));
  const genesis = request.members.map(({ member, process }): Member =>
    Object.freeze({ id: member, name: '', process, learner: false }),
  );
  const cluster = hashName(`${request.token} ${request.members.map(({ process }) => process).join(',')}`);
  const data = Object.freeze({ ...request.snapshot, members: genesis, removed: [], alarms: [] });
  const conf = { voters: request.members.map(({ member }) => member), learners: [] };
  const snapshot: Snapshot = { index: 1, term: 1, conf, data, bytes: data.bytes };
  for (const folder of ['wal/', 'snap/']) for (const file of disk.files(folder)) disk.remove(file);
  writeSnapshot(disk, snapshot, data.bytes);
  const wal = newWal({ member: own.member, cluster, genesis });
  openSegment(wal, disk, 2);
  disk.sync(save(wal, disk, { term: 1, vote: 0, commit: 1 }, []), RESTORED);
  state.restoring = true;
  ctx.log(`restored snapshot {"revision":${data.revision}}`);
  const done: EtcdAnswer = { type: 'etcd/done', id: request.id, header: headerOf(state) };
  ctx.send(client, done);
}
