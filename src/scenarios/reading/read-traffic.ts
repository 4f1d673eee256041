/** `traffic:` of a step: how many requests a second come to an app from now on. */
import type { TrafficAction } from '../scenario';
import type { Reader } from './reader';
import type { Place } from './yaml-source';

const KINDS = ['Service', 'Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'] as const;
const MOST = 1_000_000;

export function readTraffic(reader: Reader, at: Place, value: unknown): TrafficAction | null {
  const fields = reader.fields(at, value, ['kind', 'namespace', 'name', 'requestsPerSecond']);
  if (fields === null) return null;
  const { kind = 'Service', namespace = 'default', name, requestsPerSecond: rate } = fields;
  const to = {
    kind: reader.oneOf([...at, 'kind'], kind, KINDS),
    namespace: reader.text([...at, 'namespace'], namespace),
    name: reader.text([...at, 'name'], name),
  };
  const inRange = typeof rate === 'number' && rate >= 0 && rate <= MOST;
  if (!inRange) return reader.problem([...at, 'requestsPerSecond'], `must be a number from 0 to ${MOST}`);
  if (to.kind === null || to.namespace === null || to.name === null) return null;
  return { type: 'traffic', to: { kind: to.kind, namespace: to.namespace, name: to.name }, requestsPerSecond: rate };
}
