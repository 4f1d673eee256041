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
