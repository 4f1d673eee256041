/**
 * What people made in a cluster, as manifests that another one accepts: without what a control plane writes (status, uids,
 * addresses, nodes), and without what every cluster has or a controller makes anew. Pure.
 */
import { stringify } from 'yaml';

type Fields = Readonly<Record<string, unknown>>;

interface Metadata extends Fields {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly controller?: boolean }[];
}

export interface Exportable extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** Kinds that components write, never people. */
const OWN_KINDS = new Set([
  'Event',
  'Node',
  'Lease',
  'Endpoints',
  'EndpointSlice',
  'ControllerRevision',
  'CSINode',
  'CSIStorageCapacity',
  'VolumeAttachment',
  'IPAddress',
  'ServiceCIDR',
  'APIService',
  'CertificateSigningRequest',
  'PodMetrics',
  'NodeMetrics',
]);

/** Objects that every cluster begins with, by kind and name. */
const GIVEN = /^(Service kubernetes|ServiceAccount default|ConfigMap kube-root-ca\.crt|Namespace default)$/;
const SYSTEM_NAMESPACE = /^kube-|^local-path-storage$/;
/** Names that belong to Kubernetes and its add-ons. */
const SYSTEM_NAME = /^(system:|system-|kubeadm:|kube-|cluster-admin$|admin$|edit$|view$)/;
const BOOTSTRAP_LABEL = 'kubernetes.io/bootstrapping';
const CLUSTER_SCOPED_GIVEN = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'FlowSchema',
  'PriorityLevelConfiguration',
]);
const FLOW_KINDS = new Set(['FlowSchema', 'PriorityLevelConfiguration']);
const PROVISIONED = 'pv.kubernetes.io/provisioned-by';

/** Whatever a cluster would otherwise miss comes before what needs it. */
const ORDER = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'PersistentVolume',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'Service',
];

/** Whether a person made the object, as far as it shows. */
export function isExported({ kind, metadata, type, provisioner }: Exportable): boolean {
  const { name, namespace = '', labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  if (OWN_KINDS.has(kind) || FLOW_KINDS.has(kind) || SYSTEM_NAMESPACE.test(namespace)) return false;
  if (ownerReferences.some(({ controller }) => controller === true) || GIVEN.test(`${kind} ${name}`)) return false;
  if (CLUSTER_SCOPED_GIVEN.has(kind) && (SYSTEM_NAME.test(name) || BOOTSTRAP_LABEL in labels)) return false;
  if (kind === 'Secret' && String(type).startsWith('kubernetes.io/service-account-token')) return false;
  if (kind === 'StorageClass' && String(provisioner).startsWith('rancher.io/')) return false;
  return !(kind === 'PersistentVolume' && PROVISIONED in annotations);
}

/** All of them as one YAML text. */
export function exportedManifests(objects: readonly Exportable[]): string {
  const rank = ({ kind }: Exportable): number => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return objects
    .filter(isExported)
    .toSorted((a, b) => rank(a) - rank(b) || compare(a.kind, b.kind) || compare(nameOf(a), nameOf(b)))
    .map((object) => stringify(exported(object), { aliasDuplicateObjects: false, lineWidth: 0 }))
    .join('---\n');
}

const nameOf = ({ metadata }: Exportable): string => `${metadata.namespace ?? ''}/${metadata.name}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The object as somebody would have written it. */
export function exported(object: Exportable): Fields {
  const { status: _status, metadata, spec, ...rest } = object;
  const own = rest as Fields & { readonly apiVersion: string; readonly kind: string };
  const { apiVersion, kind, ...data } = own;
  const cleaned = spec === undefined ? {} : { spec: cleanSpec(object, spec as Fields) };
  return { apiVersion, kind, metadata: cleanMetadata(metadata, kind), ...cleaned, ...data };
}

const WRITTEN_METADATA = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
];
const WRITTEN_ANNOTATION =
  /^(deployment\.kubernetes\.io\/|kubectl\.kubernetes\.io\/last-applied-configuration$|pv\.kubernetes\.io\/|volume\.(beta\.)?kubernetes\.io\/|autoscaling\.alpha\.kubernetes\.io\/|deprecated\.daemonset\.)/;
const WRITTEN_LABEL =
  /^(kubernetes\.io\/metadata\.name|(batch\.kubernetes\.io\/)?controller-uid|(batch\.kubernetes\.io\/)?job-name)$/;
const WRITTEN_FINALIZER = /^kubernetes(\.io\/|$)|^foregroundDeletion$|^orphan$/;

function cleanMetadata(metadata: Metadata, kind: string): Fields {
  const kept = without(metadata, [...WRITTEN_METADATA, 'annotations', 'labels', 'finalizers']);
  const isTopology = (name: string): boolean => kind === 'Pod' && name.startsWith('topology.kubernetes.io/');
  const labels = unwritten(metadata.labels, (name) => WRITTEN_LABEL.test(name) || isTopology(name));
  const annotations = unwritten(metadata.annotations, (name) => WRITTEN_ANNOTATION.test(name));
  const finalizers = ((metadata['finalizers'] as readonly string[] | undefined) ?? []).filter(
    (name) => !WRITTEN_FINALIZER.test(name),
  );
  const isNamed = metadata.name !== '';
  return {
    ...(isNamed ? without(kept, ['generateName']) : kept),
    ...(labels === null ? {} : { labels }),
    ...(annotations === null ? {} : { annotations }),
    ...(finalizers.length === 0 ? {} : { finalizers }),
  };
}

function cleanSpec({ kind, metadata }: Exportable, spec: Fields): Fields {
  switch (kind) {
    case 'Namespace':
      return without(spec, ['finalizers']);
    case 'Service':
      return spec['clusterIP'] === 'None'
        ? without(spec, ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
        : without(spec, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort']);
    case 'PersistentVolumeClaim':
      return without(spec, ['volumeName']);
    case 'PersistentVolume':
      return without(spec, ['claimRef']);
    case 'Pod':
      return cleanPod(spec);
    case 'Job':
      return spec['manualSelector'] === true ? spec : cleanJob(spec);
    default:
      return 'template' in spec && metadata.name !== '' ? { ...spec, template: cleanTemplate(spec['template']) } : spec;
  }
}

/** The Job controller gives each Job a selector of its own. */
function cleanJob(spec: Fields): Fields {
  return { ...without(spec, ['selector']), template: cleanTemplate(spec['template']) };
}

function cleanTemplate(template: unknown): unknown {
  const { metadata, ...rest } = template as { readonly metadata?: Metadata };
  if (metadata === undefined) return rest;
  return { metadata: cleanMetadata(metadata, ''), ...rest };
}

interface Mount {
  readonly name: string;
}
const isTokenVolume = ({ name }: Mount): boolean => name.startsWith('kube-api-access-');
const DEFAULT_TOLERATION = /^node\.kubernetes\.io\/(not-ready|unreachable)$/;

/** What admission gave the pod, the scheduler chose, and a controller's token brought, is left out. */
function cleanPod(spec: Fields): Fields {
  const volumes = ((spec['volumes'] as readonly Mount[] | undefined) ?? []).filter((volume) => !isTokenVolume(volume));
  const tolerations = (
    (spec['tolerations'] as readonly { readonly key?: string; readonly tolerationSeconds?: number }[] | undefined) ?? []
  ).filter(({ key = '', tolerationSeconds }) => !(DEFAULT_TOLERATION.test(key) && tolerationSeconds === 300));
  const kept = without(spec, [
    'nodeName',
    'priority',
    'preemptionPolicy',
    'serviceAccount',
    'volumes',
    'tolerations',
    'containers',
    'initContainers',
    'ephemeralContainers',
  ]);
  const containersOf = (name: string): readonly Fields[] =>
    ((spec[name] as readonly Fields[] | undefined) ?? []).map(withoutToken);
  const initContainers = containersOf('initContainers');
  return {
    ...(initContainers.length === 0 ? {} : { initContainers }),
    containers: containersOf('containers'),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...kept,
  };
}

function withoutToken(container: Fields): Fields {
  const mounts = (container['volumeMounts'] as readonly Mount[] | undefined)?.filter((mount) => !isTokenVolume(mount));
  const kept = without(container, ['volumeMounts']);
  return mounts === undefined || mounts.length === 0 ? kept : { ...kept, volumeMounts: mounts };
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Labels or annotations but for those; null: none is left. */
function unwritten(
  given: Readonly<Record<string, string>> | undefined,
  isWritten: (name: string) => boolean,
): Readonly<Record<string, string>> | null {
  const left = Object.entries(given ?? {}).filter(([name]) => !isWritten(name));
  return left.length === 0 ? null : Object.fromEntries(left);
}
