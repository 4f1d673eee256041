/** etcd's errors in its own words. @source etcd api/v3rpc/rpctypes/error.go */
export const COMPACTED = 'etcdserver: mvcc: required revision has been compacted';
export const FUTURE_REVISION = 'etcdserver: mvcc: required revision is a future revision';
export const DUPLICATE_KEY = 'etcdserver: duplicate key given in txn request';
export const EMPTY_KEY = 'etcdserver: key is not provided';
export const TOO_MANY_OPS = 'etcdserver: too many operations in txn request';
export const TOO_MANY_REQUESTS = 'etcdserver: too many requests';
export const REQUEST_TOO_LARGE = 'etcdserver: request is too large';
export const REQUEST_TIMED_OUT = 'etcdserver: request timed out';
export const LEASE_NOT_FOUND = 'etcdserver: requested lease not found';
export const LEASE_TTL_TOO_LARGE = 'etcdserver: too large lease TTL';
export const NO_SPACE = 'etcdserver: mvcc: database space exceeded';
export const NO_LEADER = 'etcdserver: no leader';
export const NOT_LEADER = 'etcdserver: not leader';
export const LEADER_CHANGED = 'etcdserver: leader changed';
export const TIMEOUT_LEADER_FAILED = 'etcdserver: request timed out, possibly due to previous leader failure';
export const TIMEOUT_CONNECTION_LOST = 'etcdserver: request timed out, possibly due to connection lost';
export const UNHEALTHY = 'etcdserver: unhealthy cluster';
/** Those with gRPC's code Unavailable: a client may ask again what changes nothing. */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  REQUEST_TIMED_OUT,
  NO_LEADER,
  LEADER_CHANGED,
  TIMEOUT_LEADER_FAILED,
  TIMEOUT_CONNECTION_LOST,
  UNHEALTHY,
]);
export const isUnavailable = (error: string): boolean => UNAVAILABLE.has(error);
export const NOT_FOR_LEARNER = 'etcdserver: rpc not supported for learner';
export const BAD_TRANSFEREE = 'etcdserver: bad leader transferee';
export const MEMBER_EXISTS = 'etcdserver: member ID already exist';
export const PEER_URL_EXISTS = 'etcdserver: Peer URLs already exists';
export const MEMBER_NOT_FOUND = 'etcdserver: member not found';
export const MEMBER_NOT_LEARNER = 'etcdserver: can only promote a learner member';
export const LEARNER_NOT_READY = 'etcdserver: can only promote a learner member which is in sync with leader';
export const TOO_MANY_LEARNERS = 'etcdserver: too many learner members in cluster';
export const NOT_ENOUGH_STARTED = 'etcdserver: re-configuration failed due to not enough started members';
