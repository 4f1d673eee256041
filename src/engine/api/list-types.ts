/**
 * How lists and maps of the API merge: in strategic merge patches and in server-side apply. Whatever is not named here is
 * atomic when it is a list (replaced as a whole, owned as a whole), and granular when it is a map or an object.
 *
 * @source kubernetes api/openapi-spec/swagger.json (x-kubernetes-list-type, -list-map-keys, -map-type, -patch-strategy,
 *   -patch-merge-key), client-go applyconfigurations/internal/internal.go
 */
import type { TypeCode } from './schema';

/** How a list is told apart into items. */
export interface ListType {
  readonly type: 'atomic' | 'set' | 'map';
  /** Of a map: the fields that together name an item. */
  readonly keys: readonly string[];
}

/** What a strategic merge does with a field. */
export interface PatchStrategy {
  /** Items are merged instead of the list being replaced. */
  readonly merge?: boolean;
  /** By what the items of a merged list are told apart. Absent on lists of scalars. */
  readonly key?: string;
  /** A patch that lists `$retainKeys` drops every other key of the map (of each item, on lists). */
  readonly retainKeys?: boolean;
}

/**
 * A line a list: type, field, and the keys of its items (`.` for a set of scalars). The first key is the merge key of patches.
 * Marks after the keys: `-` patches replace the list, `a` it is atomic all the same for server-side apply, `r` retains keys.
 */
const LISTS = `
ObjectMeta finalizers .
ObjectMeta ownerReferences uid
PodSpec containers name
PodSpec initContainers name
PodSpec ephemeralContainers name
PodSpec volumes name r
PodSpec resourceClaims name r
PodSpec imagePullSecrets name
PodSpec schedulingGates name
PodSpec hostAliases ip
PodSpec topologySpreadConstraints topologyKey,whenUnsatisfiable
Container env name
Container ports containerPort,protocol
Container volumeMounts mountPath
Container volumeDevices devicePath
ResourceRequirements claims name -
PodStatus podIPs ip
PodStatus hostIPs ip a
PodStatus resourceClaimStatuses name r
ContainerStatus allocatedResourcesStatus name
ContainerStatus volumeMounts mountPath
ResourceStatus resources resourceID -
ServiceSpec ports port,protocol
ServiceAccount secrets name
NodeSpec podCIDRs .
NodeStatus addresses type
CSINodeSpec drivers name
CSIDriverSpec volumeLifecycleModes . -
PodFailurePolicyOnExitCodesRequirement values . -
UncountedTerminatedPods failed . -
UncountedTerminatedPods succeeded . -
Endpoint addresses . -
MutatingWebhookConfiguration webhooks name
ValidatingWebhookConfiguration webhooks name
MutatingWebhook matchConditions name
ValidatingWebhook matchConditions name
ValidatingAdmissionPolicySpec matchConditions name
ValidatingAdmissionPolicySpec variables name
ValidatingAdmissionPolicyBindingSpec validationActions . -
ResourcePolicyRule verbs . -
ResourcePolicyRule apiGroups . -
ResourcePolicyRule resources . -
ResourcePolicyRule namespaces . -
NonResourcePolicyRule verbs . -
NonResourcePolicyRule nonResourceURLs . -
JSONSchemaProps x-kubernetes-validations rule
ResourceClaimStatus reservedFor uid
ResourceClaimStatus devices driver,device,pool,shareID -
JobStatus conditions type a
AllocatedDeviceStatus conditions type -
CertificateSigningRequestStatus conditions type -
CustomResourceDefinitionStatus conditions type -
ValidatingAdmissionPolicyStatus conditions type -
`;

/** Objects that are replaced and owned as a whole; a field stands for what is at it alone. */
const ATOMIC = new Set(
  `LabelSelector LocalObjectReference ObjectReference TypedLocalObjectReference SecretReference ConfigMapKeySelector
SecretKeySelector FileKeySelector ObjectFieldSelector ResourceFieldSelector NodeSelector NodeSelectorTerm
TopologySelectorTerm ScopeSelector EndpointAddress EndpointPort discovery.EndpointPort CrossVersionObjectReference
autoscaling.CrossVersionObjectReference ServiceBackendPort RoleRef Subject MatchResources NamedRuleWithOperations
OwnerReference ParamKind ParamRef Variable PodSpec.nodeSelector ServiceSpec.selector ReplicationControllerSpec.selector
Scheduling.nodeSelector`.split(/\s+/),
);
/** Fields of an atomic type that are granular nevertheless. */
const GRANULAR = new Set(['PersistentVolumeSpec.claimRef']);

interface Lists {
  readonly keys: readonly string[];
  readonly marks: string;
}

/** Conditions are told apart by type unless the table says otherwise. */
const CONDITIONS: Lists = { keys: ['type'], marks: '' };
let lists: Map<string, Lists> | undefined;

function listsOf(type: string, field: string): Lists | undefined {
  lists ??= new Map(
    LISTS.trim()
      .split('\n')
      .map((line) => {
        const [of = '', name = '', keys = '', marks = ''] = line.split(' ');
        return [`${of}.${name}`, { keys: keys === '.' ? [] : keys.split(','), marks }];
      }),
  );
  const owner = type === 'EphemeralContainer' ? 'Container' : type;
  return lists.get(`${owner}.${field}`) ?? (field === 'conditions' ? CONDITIONS : undefined);
}

const ATOMIC_LIST: ListType = { type: 'atomic', keys: [] };

/** How the list at a field of a type is told apart into items that have owners of their own. */
export function listTypeOf(type: string, field: string): ListType {
  const found = listsOf(type, field);
  if (found === undefined || found.marks === 'a') return ATOMIC_LIST;
  return { type: found.keys.length === 0 ? 'set' : 'map', keys: found.keys };
}

/**
 * Whether the object or map at a field of a type is owned as a whole.
 *
 * @param code - the field's type as the schema has it
 */
export const isAtomicAt = (type: string, field: string, code: TypeCode): boolean =>
  (ATOMIC.has(code) && !GRANULAR.has(`${type}.${field}`)) || ATOMIC.has(`${type}.${field}`);

const NO_STRATEGY: PatchStrategy = {};
const RETAINS: PatchStrategy = { retainKeys: true };

/** What a strategic merge patch does with a field of a type. */
export function patchStrategyOf(type: string, field: string): PatchStrategy {
  if (type === 'DeploymentSpec' && field === 'strategy') return RETAINS;
  const found = listsOf(type, field);
  if (found === undefined || found.marks === '-') return NO_STRATEGY;
  const [key] = found.keys;
  return {
    merge: true,
    ...(key === undefined ? {} : { key }),
    ...(found.marks === 'r' ? { retainKeys: true } : {}),
  };
}
