/**
 * The Node authorizer: a kubelet reads what the pods bound to its node refer to, and writes what is its own.
 *
 * @source kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go, graph.go
 * @simplified the graph is read from the pods bound to the node at each question instead of being kept
 */
import type { Container, Pod, VolumeAttachment } from '#engine/api/types';
import { keyOf } from '../storage';
import type { ApiServerState } from '../state';
import type { UserInfo } from '../authentication/user';
import { type Attributes, requiredField } from './attributes';
import { NODE_RULES } from './default-roles';
import { ruleAllows } from './rules';

const NODE_PREFIX = 'system:node:';
const NODES = 'system:nodes';
const NODE_LEASES = 'kube-node-lease';

/** The node that a user is; empty: a kubelet of no node that can be told; null: no kubelet. */
export function nodeIdentity({ username, groups }: UserInfo): string | null {
  if (!username.startsWith(NODE_PREFIX) || !groups.includes(NODES)) return null;
  return username.slice(NODE_PREFIX.length);
}

type Answer = true | string;

const LEASE_VERBS = new Set(['get', 'create', 'update', 'patch', 'delete']);
const READ_VERBS = new Set(['get', 'list', 'watch']);

/** What is looked at closely, and its group. */
const GROUPS: Readonly<Record<string, string>> = {
  secrets: '',
  configmaps: '',
  persistentvolumeclaims: '',
  persistentvolumes: '',
  serviceaccounts: '',
  nodes: '',
  pods: '',
  resourceclaims: 'resource.k8s.io',
  volumeattachments: 'storage.k8s.io',
  leases: 'coordination.k8s.io',
  csinodes: 'storage.k8s.io',
};

/** True: allowed. A text: no, and why (it may be empty). */
export function authorizeNode(state: ApiServerState, of: Attributes): Answer {
  const node = nodeIdentity(of.user);
  if (node === null) return '';
  if (node === '') return `unknown node for user ${JSON.stringify(of.user.username)}`;
  const { verb, subresource, name } = of;
  if (GROUPS[of.resource] !== of.group) return NODE_RULES.some((rule) => ruleAllows(rule, of)) || '';
  switch (of.resource) {
    case 'secrets':
    case 'configmaps':
      if (!READ_VERBS.has(verb)) return 'can only read resources of this type';
      if (subresource !== '') return 'cannot read subresource';
      if (of.namespace === '') return 'can only read namespaced object of this type';
      return related(state, node, of);
    case 'persistentvolumeclaims':
      if (subresource === 'status')
        return verb === 'update' || verb === 'patch' ? related(state, node, of) : 'can only get/update/patch this type';
      return individual(state, node, of);
    case 'persistentvolumes':
    case 'resourceclaims':
    case 'volumeattachments':
      return individual(state, node, of);
    case 'serviceaccounts':
      if (verb !== 'create' || name === '') return 'can only create tokens for individual service accounts';
      if (subresource !== 'token') return 'can only create token subresource of serviceaccount';
      return related(state, node, of);
    case 'leases':
      if (!LEASE_VERBS.has(verb)) return 'can only get, create, update, patch, or delete a node lease';
      if (of.namespace !== NODE_LEASES) return `can only access leases in the "${NODE_LEASES}" system namespace`;
      return (
        verb === 'create' || name === node || 'can only access node lease with the same name as the requesting node'
      );
    case 'csinodes':
      if (!LEASE_VERBS.has(verb)) return 'can only get, create, update, patch, or delete a CSINode';
      if (subresource !== '') return 'cannot authorize CSINode subresources';
      return verb === 'create' || name === node || 'can only access CSINode with the same name as the requesting node';
    case 'nodes':
      return ownNode(node, of);
    default:
      return ownPods(state, node, of);
  }
}

function ownNode(node: string, { verb, subresource, name }: Attributes): Answer {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' || '';
  if (subresource !== '') return '';
  switch (verb) {
    case 'create':
    case 'update':
    case 'patch':
      return true;
    case 'get':
    case 'list':
    case 'watch':
      if (name === node) return true;
      return name === ''
        ? `node '${node}' cannot read all nodes, only its own Node object`
        : `node '${node}' cannot read '${name}', only its own Node object`;
    default:
      return '';
  }
}

function ownPods(state: ApiServerState, node: string, of: Attributes): Answer {
  const { verb } = of;
  switch (of.subresource) {
    case '':
      if (verb === 'get') return individual(state, node, of);
      if (verb === 'list' || verb === 'watch') {
        if (requiredField(of.fieldSelector, 'spec.nodeName') === node) return true;
        return of.name === '' ? 'can only list/watch pods with spec.nodeName field selector' : related(state, node, of);
      }
      return verb === 'create' || verb === 'delete' || '';
    case 'status':
      return verb === 'update' || verb === 'patch' || '';
    case 'eviction':
      return verb === 'create' || '';
    default:
      return '';
  }
}

function individual(state: ApiServerState, node: string, of: Attributes): Answer {
  if (of.verb !== 'get') return 'can only get individual resources of this type';
  if (of.subresource !== '') return 'cannot get subresource';
  return related(state, node, of);
}

/** Whether a pod bound to the node leads to the object. */
function related(state: ApiServerState, node: string, of: Attributes): Answer {
  if (of.name === '') return 'No Object name found';
  const refused = `no relationship found between node '${node}' and this object`;
  if (of.resource === 'volumeattachments') {
    const attachments = state.caches.get('volumeattachments.storage.k8s.io');
    const found = attachments?.objects.get(attachments.prefix + of.name) as VolumeAttachment | undefined;
    return found?.spec.nodeName === node || refused;
  }
  const pods = state.caches.get('pods');
  const keys = pods?.byNode?.get(node);
  if (pods === undefined || keys === undefined) return refused;
  if (of.resource === 'pods') return keys.has(keyOf(pods.prefix, of.namespace, of.name)) || refused;
  const prefix = `${pods.prefix}${of.namespace}/`;
  for (const key of keys) {
    if (of.namespace !== '' && !key.startsWith(prefix)) continue;
    if (refersTo(state, pods.objects.get(key) as Pod, of.resource, of.name)) return true;
  }
  return refused;
}

function refersTo(state: ApiServerState, pod: Pod, resource: string, name: string): boolean {
  const { spec } = pod;
  switch (resource) {
    case 'serviceaccounts':
      return spec.serviceAccountName === name;
    case 'secrets':
    case 'configmaps':
      return refersToConfig(pod, resource === 'secrets', name);
    case 'resourceclaims':
      return (pod.status.resourceClaimStatuses ?? []).some((claim) => claim.resourceClaimName === name);
    default:
      return (spec.volumes ?? []).some((volume) => {
        const claim =
          volume.ephemeral === undefined
            ? volume.persistentVolumeClaim?.claimName
            : `${pod.metadata.name}-${volume.name}`;
        if (claim === undefined) return false;
        if (resource === 'persistentvolumeclaims') return claim === name;
        return resource === 'persistentvolumes' && volumeOf(state, pod, claim) === name;
      });
  }
}

/** The volume that a claim is bound to. */
function volumeOf(state: ApiServerState, pod: Pod, claim: string): string | undefined {
  const claims = state.caches.get('persistentvolumeclaims');
  if (claims === undefined) return undefined;
  const found = claims.objects.get(keyOf(claims.prefix, pod.metadata.namespace ?? '', claim));
  return (found as { readonly spec?: { readonly volumeName?: string } } | undefined)?.spec?.volumeName;
}

function refersToConfig({ spec }: Pod, secret: boolean, name: string): boolean {
  for (const volume of spec.volumes ?? NONE) {
    if ((secret ? volume.secret?.secretName : volume.configMap?.name) === name) return true;
    for (const source of volume.projected?.sources ?? NONE)
      if ((secret ? source.secret?.name : source.configMap?.name) === name) return true;
  }
  if (secret && (spec.imagePullSecrets ?? NONE).some((each) => each.name === name)) return true;
  return (
    spec.containers.some((container) => inEnvironment(container, secret, name)) ||
    (spec.initContainers ?? NONE).some((container) => inEnvironment(container, secret, name)) ||
    (spec.ephemeralContainers ?? NONE).some((container) => inEnvironment(container, secret, name))
  );
}

const NONE: readonly never[] = [];

function inEnvironment({ envFrom, env }: Pick<Container, 'env' | 'envFrom'>, secret: boolean, name: string): boolean {
  for (const from of envFrom ?? NONE)
    if ((secret ? from.secretRef?.name : from.configMapRef?.name) === name) return true;
  for (const { valueFrom } of env ?? NONE)
    if ((secret ? valueFrom?.secretKeyRef?.name : valueFrom?.configMapKeyRef?.name) === name) return true;
  return false;
}
