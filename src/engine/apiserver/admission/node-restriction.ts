/**
 * A kubelet changes only what is its node's: its Node without taints and reserved labels, the status of the pods bound to it,
 * their mirrors, its Lease, its CSINode.
 *
 * @source kubernetes plugin/pkg/admission/noderestriction/admission.go, staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go
 */
import { deepEqual, sortedKeys } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import type { Labels } from '#engine/api/label-selector';
import { forbidden } from '#engine/api/status-error';
import { decodeBase64 } from '#engine/api/base64';
import type {
  CertificateSigningRequest,
  Container,
  KubeObject,
  Node,
  PersistentVolumeClaim,
  Pod,
} from '#engine/api/types';
import { nodeIdentity } from '../authorization/node';
import type { Surroundings } from '../surroundings';
import { nodeOf } from '../watch-cache';
import { admit, type AdmissionPlugin, type AdmissionRequest, refuse } from './plugin';

const MIRROR = 'kubernetes.io/config.mirror';
const NODE_LEASES = 'kube-node-lease';

export const nodeRestriction: AdmissionPlugin = (request, object, around) => {
  const { user } = request.operation.asker;
  const node = nodeIdentity(user);
  if (node === null) return admit(object);
  const why =
    node === '' ? `could not determine node from user "${user.username}"` : refusalOf(request, object, node, around);
  return why === null ? admit(object) : refuse(forbidden(request.info, request.shownName, why));
};

/** Why a kubelet may not do this; null: it may. */
function refusalOf(request: AdmissionRequest, object: KubeObject, node: string, around: Surroundings): string | null {
  const { name } = object.metadata;
  switch (request.info.id) {
    case 'pods':
      return ofPod(request, object as Pod, node, around);
    case 'nodes':
      return ofNode(request, object as Node, node);
    case 'persistentvolumeclaims':
      return request.subresource === 'status' ? ofClaim(request, object, node) : 'may only update PVC status';
    case 'leases.coordination.k8s.io':
      if (request.namespace !== NODE_LEASES) return `can only access leases in the "${NODE_LEASES}" system namespace`;
      return name === node ? null : 'can only access node lease with the same name as the requesting node';
    case 'csinodes.storage.k8s.io':
      return name === node ? null : 'can only access CSINode with the same name as the requesting node';
    case 'certificatesigningrequests.certificates.k8s.io':
      return request.verb === 'create' ? ofRequest(object as CertificateSigningRequest, node) : null;
    default:
      return null;
  }
}

function ofPod(request: AdmissionRequest, pod: Pod, node: string, around: Surroundings): string | null {
  const { verb, subresource, old, operation } = request;
  const only = (what: string): string => `node "${node}" can only ${what} pods with spec.nodeName set to itself`;
  switch (subresource) {
    case '':
      if (verb === 'create') return ofMirror(pod, node, around);
      if (verb === 'update')
        return `unexpected operation "UPDATE", node "${node}" can only create and delete mirror pods`;
      if (nodeOf(pod) === node) return null;
      return operation.subresource === 'eviction'
        ? `node ${node} can only evict pods with spec.nodeName set to itself`
        : only('delete');
    case 'status':
      return old !== undefined && nodeOf(old) === node ? null : only('update pod status for');
    default:
      return `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`;
  }
}

/** A kubelet creates no pods but mirrors of its static ones. */
function ofMirror({ metadata, spec }: Pod, node: string, around: Surroundings): string | null {
  const its = (what: string): string => `node "${node}" ${what}`;
  const refers = (what: string): string => its(`can not create pods that reference ${what}`);
  if (metadata.annotations?.[MIRROR] === undefined)
    return `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`;
  if (spec.nodeName !== node) return its('can only create pods with spec.nodeName set to itself');
  const [owner, other] = metadata.ownerReferences ?? [];
  if (other !== undefined) return its('can only create pods with a single owner reference set to itself');
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return its('can only create pods with an owner reference set to itself');
  if (owner.controller !== true) return its('can only create pods with a controller owner reference set to itself');
  if (owner.blockOwnerDeletion === true) return its('must not set blockOwnerDeletion on an owner reference');
  const uid = around.find('nodes', '', node)?.metadata.uid;
  if (uid === undefined) return `error looking up node ${node} to verify uid: node "${node}" not found`;
  if (owner.uid !== uid) return `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`;
  if ((spec.serviceAccountName ?? '') !== '') return refers('a service account');
  if (references(spec, 'secret')) return refers('secrets');
  if (references(spec, 'configMap')) return refers('configmaps');
  const volumes = spec.volumes ?? [];
  if (volumes.some(({ projected }) => projected?.sources?.some((source) => 'clusterTrustBundle' in source)))
    return refers('clustertrustbundles');
  return volumes.some((volume) => volume.persistentVolumeClaim !== undefined) ? refers('persistentvolumeclaims') : null;
}

/** Whether a pod reads a Secret, or a ConfigMap. */
function references(spec: Pod['spec'], what: 'secret' | 'configMap'): boolean {
  if (what === 'secret' && (spec.imagePullSecrets ?? []).length > 0) return true;
  const containers: readonly Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
  return (
    containers.some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.[`${what}KeyRef`] !== undefined) ||
        envFrom.some((source) => source[`${what}Ref`] !== undefined),
    ) ||
    (spec.volumes ?? []).some(
      (volume) =>
        volume[what] !== undefined || volume.projected?.sources?.some((source) => source[what] !== undefined) === true,
    )
  );
}

const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]);

const within = (domain: string, parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`);

function isReserved(label: string): boolean {
  const slash = label.indexOf('/');
  const domain = slash < 0 ? '' : label.slice(0, slash);
  if (within(domain, 'node-restriction.kubernetes.io')) return true;
  if (!within(domain, 'kubernetes.io') && !within(domain, 'k8s.io')) return false;
  return (
    !KUBELET_LABELS.has(label) && !within(domain, 'kubelet.kubernetes.io') && !within(domain, 'node.kubernetes.io')
  );
}

/** Labels that differ and that are not the kubelet's to set. */
function reservedChanges(next: Labels = {}, old: Labels = {}): string[] {
  if (next === old) return [];
  return sortedKeys({ ...old, ...next }).filter((label) => next[label] !== old[label] && isReserved(label));
}

function ofNode({ verb, old }: AdmissionRequest, next: Node, node: string): string | null {
  const { name, labels } = next.metadata;
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`;
  if (verb === 'delete') return null;
  const before = old as Node | undefined;
  if (before !== undefined && !deepEqual(next.spec?.taints ?? [], before.spec?.taints ?? []))
    return `node "${node}" is not allowed to modify taints`;
  const changes = reservedChanges(labels, before?.metadata.labels);
  if (changes.length === 0) return null;
  const list = changes.join(', ');
  return before === undefined
    ? `node "${node}" is not allowed to set the following labels: ${list}`
    : `is not allowed to modify labels: ${list}`;
}

/** A claim without what a kubelet may tell of it. */
function rest({ metadata, status, ...other }: PersistentVolumeClaim): unknown {
  const { managedFields: _managed, resourceVersion: _version, ...kept } = metadata;
  const {
    capacity: _capacity,
    conditions: _conditions,
    allocatedResources: _allocated,
    allocatedResourceStatuses: _statuses,
    ...told
  } = status ?? {};
  return { ...other, metadata: kept, status: told };
}

function ofClaim({ old }: AdmissionRequest, next: KubeObject, node: string): string | null {
  return deepEqual(rest(next as PersistentVolumeClaim), rest(old as PersistentVolumeClaim))
    ? null
    : `node "${node}" is not allowed to update fields other than status.capacity and status.conditions`;
}

const KUBELET_SIGNERS = ['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'];

function ofRequest({ spec }: CertificateSigningRequest, node: string): string | null {
  if (!KUBELET_SIGNERS.includes(spec.signerName)) return null;
  const subject = lateApi.code.readRequest(decodeBase64(spec.request) ?? '');
  if (typeof subject === 'string') return `unable to parse csr: ${subject}`;
  return subject.commonName === `system:node:${node}` ? null : `can only create a node CSR with CN=system:node:${node}`;
}
