/** The API server's timers that carry nothing but their name. */
import type { Message } from '#engine/kernel/process';

export interface Tick extends Message {
  readonly type:
    | 'apiserver/bookmarks'
    | 'apiserver/compact'
    | 'apiserver/etcd-health'
    | 'apiserver/etcd-ping-timeout'
    | 'apiserver/etcd-reconnect'
    | 'apiserver/deadlines'
    | 'apiserver/bootstrap'
    | 'apiserver/definitions'
    | 'apiserver/master-lease'
    | 'apiserver/endpoints'
    | 'apiserver/start'
    | 'apiserver/hooks'
    | 'apiserver/stop'
    | 'apiserver/drain'
    | 'apiserver/aggregation'
    | 'apiserver/flow'
    | 'apiserver/streams';
}

export const tick = (type: Tick['type']): Tick => ({ type });
