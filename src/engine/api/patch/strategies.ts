/**
 * How strategic merge patches treat the lists and maps of each type. Whatever is not named here is replaced when it is a
 * list, and merged key by key when it is a map.
 * @source kubernetes api/openapi-spec/swagger.json (x-kubernetes-patch-strategy, x-kubernetes-patch-merge-key)
 */
import { elementCode, fieldsOfType, isTypeName, type TypeCode } from '../schema';

export interface PatchStrategy {
  /** Items are merged instead of the list being replaced. */
  readonly merge?: boolean;
  /** By what the items of a merged list are told apart. Absent on lists of scalars. */
  readonly key?: string;
  /** A patch that lists `$retainKeys` drops every other key of the map (of each item, on lists). */
  readonly retainKeys?: boolean;
}

const byKey = (key: string): PatchStrategy => ({ merge: true, key });
const SCALARS: PatchStrategy = { merge: true };
const CONDITIONS = byKey('type');

const STRATEGIES: Readonly<Record<string, PatchStrategy>> = {
  'ObjectMeta.finalizers': SCALARS,
  'ObjectMeta.ownerReferences': byKey('uid'),
  'PodSpec.containers': byKey('name'),
  'PodSpec.initContainers': byKey('name'),
  'PodSpec.ephemeralContainers': byKey('name'),
  'PodSpec.volumes': { merge: true, key: 'name', retainKeys: true },
  'PodSpec.resourceClaims': { merge: true, key: 'name', retainKeys: true },
  'PodSpec.imagePullSecrets': byKey('name'),
  'PodSpec.schedulingGates': byKey('name'),
  'PodSpec.hostAliases': byKey('ip'),
  'PodSpec.topologySpreadConstraints': byKey('topologyKey'),
  'Container.env': byKey('name'),
  'Container.ports': byKey('containerPort'),
  'Container.volumeMounts': byKey('mountPath'),
  'Container.volumeDevices': byKey('devicePath'),
  'EphemeralContainer.env': byKey('name'),
  'EphemeralContainer.ports': byKey('containerPort'),
  'EphemeralContainer.volumeMounts': byKey('mountPath'),
  'EphemeralContainer.volumeDevices': byKey('devicePath'),
  'ServiceSpec.ports': byKey('port'),
  'ServiceStatus.conditions': CONDITIONS,
  'ServiceAccount.secrets': byKey('name'),
  'DeploymentSpec.strategy': { retainKeys: true },
  'DeploymentStatus.conditions': CONDITIONS,
  'ReplicaSetStatus.conditions': CONDITIONS,
  'NamespaceStatus.conditions': CONDITIONS,
  'NodeSpec.podCIDRs': SCALARS,
  'NodeStatus.addresses': byKey('type'),
  'NodeStatus.conditions': CONDITIONS,
  'PodStatus.conditions': CONDITIONS,
  'PodStatus.podIPs': byKey('ip'),
  'PodStatus.hostIPs': byKey('ip'),
  'PodStatus.resourceClaimStatuses': { merge: true, key: 'name', retainKeys: true },
};

const NO_STRATEGY: PatchStrategy = {};

/** What a strategic merge needs to know of a map: how its fields merge, and what their own maps are. */
export interface PatchSchema {
  strategyOf(field: string): PatchStrategy;
  /** The schema of the map at a field, or of the items of the list there. */
  at(field: string): PatchSchema;
}

/** Nothing is known: maps merge, lists are replaced. */
export const UNKNOWN_SCHEMA: PatchSchema = { strategyOf: () => NO_STRATEGY, at: () => UNKNOWN_SCHEMA };

const schemas = new Map<string, PatchSchema>();

/** The patch schema of a type, e.g. `Deployment`. */
export function patchSchemaOf(type: string): PatchSchema {
  const known = schemas.get(type);
  if (known !== undefined) return known;
  const schema: PatchSchema = {
    strategyOf: (field) => STRATEGIES[`${type}.${field}`] ?? NO_STRATEGY,
    at: (field) => schemaOfCode(fieldsOfType(type)?.get(field)),
  };
  schemas.set(type, schema);
  return schema;
}

function schemaOfCode(code: TypeCode | undefined): PatchSchema {
  if (code === undefined) return UNKNOWN_SCHEMA;
  if (code[0] === '[') return schemaOfCode(elementCode(code));
  return isTypeName(code) && code[0] !== '{' ? patchSchemaOf(code) : UNKNOWN_SCHEMA;
}
