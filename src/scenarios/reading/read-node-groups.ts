/** `spec.cluster.nodeGroups`: machines that the cluster-autoscaler has the cloud add and take away. */
import type { ClusterSpec, NodeGroup } from '#engine/cluster/door';
import { withNodeGroups } from '#engine/cluster/node-groups';
import { zoneName } from '#engine/cluster/topology';
import { milliValue, quantityValue } from '#engine/api/quantity';
import { readQuantity } from './read-quantity';
import type { Reader } from './reader';
import type { Place } from './yaml-source';

const FIELDS = ['name', 'min', 'max', 'zone', 'cpu', 'memory', 'pods'] as const;
const NAME = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;
const MOST = 1_000;
const MOST_PODS = 10_000;
const MEBIBYTE = 1024 ** 2;

/** The cluster with its groups and an autoscaler, with these flags; as it was when a group is wrong. */
export function readNodeGroups(
  reader: Reader,
  at: Place,
  cluster: ClusterSpec,
  given: unknown,
  flags: unknown,
): ClusterSpec {
  const groups = reader
    .list([...at, 'nodeGroups'], given)
    ?.map((each, index) => group(reader, [...at, 'nodeGroups', index], cluster, each));
  const place = [...at, 'autoscalerFlags'];
  const lines =
    flags === undefined
      ? []
      : (reader.list(place, flags)?.map((each, index) => reader.text([...place, index], each)) ?? null);
  if (groups === undefined || lines === null) return cluster;
  const known = groups.filter((each) => each !== null);
  const names = new Set(known.map(({ name }) => name));
  if (names.size < known.length) reader.problem([...at, 'nodeGroups'], 'must have names of their own');
  return withNodeGroups(
    cluster,
    known,
    lines.filter((line) => line !== null),
  );
}

function group(reader: Reader, at: Place, cluster: ClusterSpec, value: unknown): NodeGroup | null {
  const fields = reader.fields(at, value, FIELDS);
  if (fields === null) return null;
  const { nodeMilliCpu, nodeMemory, nodePods } = cluster;
  const name = reader.text([...at, 'name'], fields['name']);
  if (name !== null && !NAME.test(name))
    return reader.problem([...at, 'name'], `"${name}" must be of lower case letters, digits and "-"`);
  const min = fields['min'] === undefined ? 0 : reader.integer([...at, 'min'], fields['min'], 0, MOST);
  const max = reader.integer([...at, 'max'], fields['max'], Math.max(1, min ?? 0), MOST);
  const zones = Array.from({ length: Math.max(1, cluster.zones) }, (_, index) => zoneName(index));
  const zone = fields['zone'] === undefined ? zoneName(0) : reader.oneOf([...at, 'zone'], fields['zone'], zones);
  const cpu =
    fields['cpu'] === undefined ? nodeMilliCpu : readQuantity(reader, [...at, 'cpu'], fields['cpu'], milliValue, 1);
  const memory =
    fields['memory'] === undefined
      ? nodeMemory
      : readQuantity(reader, [...at, 'memory'], fields['memory'], quantityValue, MEBIBYTE);
  const pods = fields['pods'] === undefined ? nodePods : reader.integer([...at, 'pods'], fields['pods'], 1, MOST_PODS);
  if (
    name === null ||
    min === null ||
    max === null ||
    zone === null ||
    cpu === null ||
    memory === null ||
    pods === null
  )
    return null;
  return { name, min, max, zone, milliCpu: cpu, memory, pods };
}
