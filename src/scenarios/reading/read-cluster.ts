/** `spec.cluster`: how many machines, where, and how large. Whatever is left out is as in the default cluster. */
import { milliValue, quantityValue } from '#engine/api/quantity';
import { type AuditPolicy, auditPolicyErrors } from '#engine/api/audit-policy';
import type { ClusterSpec } from '#engine/cluster/door';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { type SchedulerConfiguration, schedulerConfigurationErrors } from '#engine/cluster/scheduler-configuration';
import { addonObjects, ADDONS } from '../addons/addons';
import { readNodeGroups } from './read-node-groups';
import { readQuantity } from './read-quantity';
import type { Reader } from './reader';
import type { Place } from './yaml-source';

const FIELDS = [
  'nodes',
  'zones',
  'racks',
  'regions',
  'controlPlanes',
  'nodeCpu',
  'nodeMemory',
  'nodePods',
  'etcdStorage',
  'etcdBackup',
  'auditPolicy',
  'schedulerConfiguration',
  'addons',
  'nodeGroups',
  'autoscalerFlags',
] as const;
const MAX_NODES = 5_000;
const MAX_ZONES = 26;
const MAX_RACKS = 50;

const MAX_CONTROL_PLANES = 7;

const MAX_PODS = 10_000;
const MILLI_CORE = 1;
const MEBIBYTE = 1024 ** 2;
/** In microseconds. */
const SECOND = 1_000_000;

/** Reads it; mistakes are noted and what is wrong is as in the default cluster. */
export function readCluster(reader: Reader, at: Place, value: unknown): ClusterSpec {
  if (value === undefined) return DEFAULT_CLUSTER;
  const fields = reader.fields(at, value, FIELDS);
  if (fields === null) return DEFAULT_CLUSTER;
  const integer = (name: (typeof FIELDS)[number], min: number, max: number, otherwise: number): number =>
    fields[name] === undefined ? otherwise : (reader.integer([...at, name], fields[name], min, max) ?? otherwise);
  const quantity = (
    name: (typeof FIELDS)[number],
    read: typeof milliValue,
    least: number,
    otherwise: number,
  ): number =>
    fields[name] === undefined
      ? otherwise
      : (readQuantity(reader, [...at, name], fields[name], read, least) ?? otherwise);
  const storage = (place: Place, given: unknown): Pick<ClusterSpec, 'etcdStorage'> => {
    const known = reader.oneOf(place, given, ['disk', 'memory'] as const);
    return known === null ? {} : { etcdStorage: known };
  };
  const backup = (place: Place, given: unknown): Pick<ClusterSpec, 'etcdBackup'> => {
    const spans = reader.fields(place, given, ['full', 'incremental']);
    if (spans === null) return {};
    const interval = (name: 'full' | 'incremental', otherwise: string): number | null => {
      const every = reader.span([...place, name], spans[name] ?? otherwise);
      return every === null || every >= SECOND ? every : reader.problem([...place, name], 'must be at least 1s');
    };
    const fullEvery = interval('full', '1h');
    const incrementalEvery = interval('incremental', '5m');
    return fullEvery === null || incrementalEvery === null ? {} : { etcdBackup: { fullEvery, incrementalEvery } };
  };
  const cluster: ClusterSpec = {
    nodes: integer('nodes', 1, MAX_NODES, DEFAULT_CLUSTER.nodes),
    zones: integer('zones', 1, MAX_ZONES, zonesOtherwise(fields['nodes'])),
    controlPlanes: integer('controlPlanes', 1, MAX_CONTROL_PLANES, DEFAULT_CLUSTER.controlPlanes),
    ...(fields['racks'] === undefined ? {} : { racks: integer('racks', 1, MAX_RACKS, 1) }),
    ...(fields['regions'] === undefined ? {} : { regions: integer('regions', 1, MAX_ZONES, 1) }),
    nodeMilliCpu: quantity('nodeCpu', milliValue, MILLI_CORE, DEFAULT_CLUSTER.nodeMilliCpu),
    nodeMemory: quantity('nodeMemory', quantityValue, MEBIBYTE, DEFAULT_CLUSTER.nodeMemory),
    nodePods: integer('nodePods', 1, MAX_PODS, DEFAULT_CLUSTER.nodePods),
    ...(fields['etcdStorage'] === undefined ? {} : storage([...at, 'etcdStorage'], fields['etcdStorage'])),
    ...(fields['etcdBackup'] === undefined ? {} : backup([...at, 'etcdBackup'], fields['etcdBackup'])),
    ...(fields['auditPolicy'] === undefined ? {} : auditPolicy(reader, [...at, 'auditPolicy'], fields['auditPolicy'])),
    ...(fields['schedulerConfiguration'] === undefined
      ? {}
      : schedulerConfiguration(reader, [...at, 'schedulerConfiguration'], fields['schedulerConfiguration'])),
    manifests: fields['addons'] === undefined ? [] : addons(reader, [...at, 'addons'], fields['addons']),
  };
  if ((cluster.regions ?? 1) > cluster.zones)
    reader.problem([...at, 'regions'], `must be no more than the zones, which are ${cluster.zones}`);
  const { nodeGroups, autoscalerFlags } = fields;
  return nodeGroups === undefined ? cluster : readNodeGroups(reader, at, cluster, nodeGroups, autoscalerFlags);
}

function addons(reader: Reader, at: Place, value: unknown): ClusterSpec['manifests'] {
  const names = reader.list(at, value)?.map((item, index) => reader.oneOf([...at, index], item, ADDONS)) ?? [];
  return names.flatMap((name) => (name === null ? [] : [addonObjects(name)]));
}

/** Whole, as in the file that a kube-apiserver is given. */
function auditPolicy(reader: Reader, at: Place, value: unknown): Pick<ClusterSpec, 'auditPolicy'> {
  const errors = auditPolicyErrors(value);
  for (const error of errors) reader.problem(at, error);
  return errors.length > 0 ? {} : { auditPolicy: value as AuditPolicy };
}

function schedulerConfiguration(
  reader: Reader,
  at: Place,
  value: unknown,
): Pick<ClusterSpec, 'schedulerConfiguration'> {
  const configuration = readSchedulerConfiguration(reader, at, value);
  return configuration === null ? {} : { schedulerConfiguration: configuration };
}

/** Whole, as in the file that a kube-scheduler is given. */
export function readSchedulerConfiguration(reader: Reader, at: Place, value: unknown): SchedulerConfiguration | null {
  const errors = schedulerConfigurationErrors(value);
  for (const error of errors) reader.problem(at, error);
  return errors.length > 0 ? null : (value as SchedulerConfiguration);
}

/** No more zones than machines to stand in them. */
const zonesOtherwise = (nodes: unknown): number => (nodes === 1 ? 1 : DEFAULT_CLUSTER.zones);
