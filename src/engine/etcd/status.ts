/**
 * How a member is.
 *
 * @source etcd server/etcdserver/api/v3rpc/maintenance.go (Status)
 */
import { bytesInUse, quotaOf } from './backend';
import { NO_LEADER } from './errors';
import { idText } from './members';
import { lastIndex } from './raft/log';
import { type EtcdState, headerOf, isLearner } from './state';
import type { StatusAnswer } from './wire';

export function statusOf(state: EtcdState, id: number): StatusAnswer {
  const { raft, cluster, fileBytes, alarms } = state;
  return {
    type: 'etcd/status-answer',
    id,
    header: headerOf(state),
    cluster,
    leader: raft.leader,
    learner: isLearner(state),
    dbBytes: fileBytes,
    dbBytesInUse: bytesInUse(state),
    quotaBytes: quotaOf(state),
    raftIndex: lastIndex(raft.log),
    appliedIndex: raft.log.applied,
    errors: [
      ...(raft.leader === 0 ? [NO_LEADER] : []),
      ...alarms.map(({ member, alarm }) => `memberID:${idText(cluster, member)} alarm:${alarm} `),
    ],
  };
}
