/** @source kubernetes plugin/pkg/admission/noderestriction/admission_test.go */
import '#engine/api/late-api';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '#engine/api/base64';
import { certificateRequest } from '#engine/api/certificate';
import { resourceByName } from '#engine/api/registry';
import type { KubeObject } from '#engine/api/types';
import type { UserInfo } from '../authentication/user';
import type { Surroundings } from '../surroundings';
import { message, type TestApi, withAccount } from '../testing';
import { certified } from '../wire';
import { nodeRestriction } from './node-restriction';
import type { AdmissionRequest } from './plugin';

type Loose = Record<string, unknown>;
const MYNODE: UserInfo = { username: 'system:node:mynode', groups: ['system:nodes', 'system:authenticated'] };
const around = {
  find: (_resource: string, _namespace: string, name: string) =>
    name === 'mynode' ? ({ metadata: { name, uid: 'mynode-uid' } } as KubeObject) : undefined,
} as unknown as Surroundings;

interface Asked {
  readonly verb: 'create' | 'update' | 'delete';
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly object: Loose;
  readonly old?: Loose;
  readonly user?: UserInfo;
}

/** Why it is refused, without what all refusals begin with; empty: it is not. */
function refusal({ verb, resource, subresource = '', namespace = '', object, old, user = MYNODE }: Asked): string {
  const info = resourceByName(resource)!;
  const operation = { asker: { client: 'x', id: 1, user }, subresource };
  const { name = '' } = object['metadata'] as { name?: string };
  const request = { operation, verb, info, namespace, shownName: name, subresource, ...(old && { old }) };
  const verdict = nodeRestriction(request as unknown as AdmissionRequest, object as unknown as KubeObject, around);
  if (verdict.type === 'admit') return '';
  const text = verdict.type === 'refuse' ? (verdict.status.message ?? '') : verdict.type;
  return text.slice(text.indexOf('is forbidden: ') + 'is forbidden: '.length);
}

const owner = (more: Loose = {}): Loose => ({
  apiVersion: 'v1',
  kind: 'Node',
  name: 'mynode',
  uid: 'mynode-uid',
  controller: true,
  ...more,
});
const podOf = (nodeName: string | undefined, metadata: Loose = {}, spec: Loose = {}): Loose => ({
  metadata: { name: 'p', namespace: 'ns', ...metadata },
  spec: { containers: [{ name: 'c' }], ...(nodeName === undefined ? {} : { nodeName }), ...spec },
});
const mirror = (spec: Loose = {}, ...ownerReferences: readonly Loose[]): Loose =>
  podOf('mynode', { annotations: { 'kubernetes.io/config.mirror': 'true' }, ownerReferences }, spec);
const nodeObject = (name: string, labels: Loose = {}, taints?: readonly Loose[]): Loose => ({
  metadata: { name, labels },
  spec: taints === undefined ? {} : { taints },
});

describe('pods', () => {
  it.each<[name: string, object: Loose, why: string]>([
    [
      'one that is no mirror',
      podOf('mynode'),
      'pod does not have "kubernetes.io/config.mirror" annotation, node "mynode" can only create mirror pods',
    ],
    ['a mirror', mirror({}, owner()), ''],
    [
      'a mirror of another node',
      mirror({ nodeName: 'other' }, owner()),
      'node "mynode" can only create pods with spec.nodeName set to itself',
    ],
    ['without owner', mirror(), 'node "mynode" can only create pods with an owner reference set to itself'],
    [
      'with two owners',
      mirror({}, owner(), owner()),
      'node "mynode" can only create pods with a single owner reference set to itself',
    ],
    [
      'of another owner',
      mirror({}, owner({ name: 'other' })),
      'node "mynode" can only create pods with an owner reference set to itself',
    ],
    [
      'not controlled',
      mirror({}, owner({ controller: false })),
      'node "mynode" can only create pods with a controller owner reference set to itself',
    ],
    [
      'that blocks its deletion',
      mirror({}, owner({ blockOwnerDeletion: true })),
      'node "mynode" must not set blockOwnerDeletion on an owner reference',
    ],
    ['of another uid', mirror({}, owner({ uid: 'u' })), 'node mynode UID mismatch: expected u got mynode-uid'],
    [
      'with a service account',
      mirror({ serviceAccountName: 'foo' }, owner()),
      'node "mynode" can not create pods that reference a service account',
    ],
    [
      'with a secret',
      mirror({ volumes: [{ name: 's', secret: { secretName: 'foo' } }] }, owner()),
      'node "mynode" can not create pods that reference secrets',
    ],
    [
      'with a configmap',
      mirror({ containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'foo' } }] }] }, owner()),
      'node "mynode" can not create pods that reference configmaps',
    ],
    [
      'with a claim',
      mirror({ volumes: [{ name: 's', persistentVolumeClaim: { claimName: 'foo' } }] }, owner()),
      'node "mynode" can not create pods that reference persistentvolumeclaims',
    ],
    [
      'with a trust bundle',
      mirror({ volumes: [{ name: 's', projected: { sources: [{ clusterTrustBundle: {} }] } }] }, owner()),
      'node "mynode" can not create pods that reference clustertrustbundles',
    ],
  ])('creates %s', (_, object, why) =>
    expect(refusal({ verb: 'create', resource: 'pods', namespace: 'ns', object })).toBe(why),
  );

  it.each<[verb: 'update' | 'delete', subresource: string, node: string | undefined, why: string]>([
    ['update', '', 'mynode', 'unexpected operation "UPDATE", node "mynode" can only create and delete mirror pods'],
    ['delete', '', 'mynode', ''],
    ['delete', '', 'other', 'node "mynode" can only delete pods with spec.nodeName set to itself'],
    ['delete', '', undefined, 'node "mynode" can only delete pods with spec.nodeName set to itself'],
    ['update', 'status', 'mynode', ''],
    ['update', 'status', 'other', 'node "mynode" can only update pod status for pods with spec.nodeName set to itself'],
    ['update', 'foo', 'mynode', `unexpected pod subresource "foo", only 'status' and 'eviction' are allowed`],
  ])('%s %s of a pod on %s', (verb, subresource, node, why) => {
    const object = podOf(node);
    expect(refusal({ verb, resource: 'pods', subresource, namespace: 'ns', object, old: object })).toBe(why);
  });
});

describe('nodes', () => {
  const updated = (next: Loose, old: Loose): string =>
    refusal({ verb: 'update', resource: 'nodes', object: next, old });
  it.each<[name: string, why: string, expected: string]>([
    ['own', refusal({ verb: 'create', resource: 'nodes', object: nodeObject('mynode') }), ''],
    [
      'another',
      refusal({ verb: 'create', resource: 'nodes', object: nodeObject('othernode') }),
      'node "mynode" is not allowed to modify node "othernode"',
    ],
    [
      'created with taints',
      refusal({ verb: 'create', resource: 'nodes', object: nodeObject('mynode', {}, [{ key: 'k' }]) }),
      '',
    ],
    [
      'created with labels',
      refusal({
        verb: 'create',
        resource: 'nodes',
        object: nodeObject('mynode', {
          'kubernetes.io/os': 'l',
          'node.kubernetes.io/x': 'y',
          'a.kubelet.kubernetes.io/x': 'y',
          'kubernetes.io/foo': '',
          'foo.node-restriction.kubernetes.io/x': '',
          'node-role.kubernetes.io/x': '',
          plain: '',
        }),
      }),
      'node "mynode" is not allowed to set the following labels: foo.node-restriction.kubernetes.io/x, kubernetes.io/foo, node-role.kubernetes.io/x',
    ],
    [
      'taints changed',
      updated(
        nodeObject('mynode', {}, [{ key: 'a', value: 'c' }]),
        nodeObject('mynode', {}, [{ key: 'a', value: 'b' }]),
      ),
      'node "mynode" is not allowed to modify taints',
    ],
    ['taints as they were', updated(nodeObject('mynode', {}, []), nodeObject('mynode')), ''],
    [
      'labels changed, added and removed',
      updated(
        nodeObject('mynode', { 'k8s.io/a': '1', 'x.k8s.io/b': '', 'kubernetes.io/same': '' }),
        nodeObject('mynode', { 'k8s.io/a': '2', 'x.k8s.io/c': '', 'kubernetes.io/same': '', mine: '' }),
      ),
      'is not allowed to modify labels: k8s.io/a, x.k8s.io/b, x.k8s.io/c',
    ],
    [
      'status of another',
      refusal({
        verb: 'update',
        resource: 'nodes',
        subresource: 'status',
        object: nodeObject('o'),
        old: nodeObject('o'),
      }),
      'node "mynode" is not allowed to modify node "o"',
    ],
  ])('%s', (_, why, expected) => expect(why).toBe(expected));
});

describe('others', () => {
  const LEASE = 'can only access node lease with the same name as the requesting node';
  const named = (name: string): Loose => ({ metadata: { name } });
  it.each<[resource: string, namespace: string, name: string, why: string]>([
    ['leases', 'kube-node-lease', 'mynode', ''],
    ['leases', 'kube-node-lease', 'othernode', LEASE],
    ['leases', 'foo', 'mynode', 'can only access leases in the "kube-node-lease" system namespace'],
    ['csinodes', '', 'mynode', ''],
    ['csinodes', '', 'o', 'can only access CSINode with the same name as the requesting node'],
    ['persistentvolumeclaims', 'ns', 'x', 'may only update PVC status'],
    ['configmaps', 'ns', 'x', ''],
  ])('%s in %s named %s', (resource, namespace, name, why) => {
    expect(refusal({ verb: 'create', resource, namespace, object: named(name) })).toBe(why);
  });

  it('tells of a claim only how large it is', () => {
    const claim = (status: Loose, metadata: Loose = {}): Loose => ({ metadata: { name: 'x', ...metadata }, status });
    const ask = (object: Loose): string =>
      refusal({
        verb: 'update',
        resource: 'persistentvolumeclaims',
        subresource: 'status',
        namespace: 'ns',
        object,
        old: claim({ phase: 'Bound', capacity: { storage: '1' } }),
      });
    expect(ask(claim({ phase: 'Bound', capacity: { storage: '2' }, conditions: [] }))).toBe('');
    const why = 'node "mynode" is not allowed to update fields other than status.capacity and status.conditions';
    expect(ask(claim({ phase: 'Lost' }))).toBe(why);
    expect(ask(claim({ phase: 'Bound' }, { labels: { a: 'b' } }))).toBe(why);
  });

  it('asks for certificates in its own name', () => {
    const object = { metadata: { name: 'x' }, spec: { signerName: 'kubernetes.io/kubelet-serving', request: '' } };
    const ask = (spec: Loose): string =>
      refusal({ verb: 'create', resource: 'certificatesigningrequests', object: { ...object, spec } });
    expect(ask({ ...object.spec, request: encodeBase64('x') })).toMatch(/^unable to parse csr: /);
    expect(ask({ ...object.spec, signerName: 'example.com/x' })).toBe('');
    const named = (commonName: string): Loose => ({
      ...object.spec,
      request: encodeBase64(certificateRequest({ commonName, organizations: ['system:nodes'] })),
    });
    expect(ask(named('system:node:mynode'))).toBe('');
    expect(ask(named('system:node:othernode'))).toBe('can only create a node CSR with CN=system:node:mynode');
  });

  it('knows a kubelet of no node, and leaves everybody else alone', () => {
    const object = nodeObject('x');
    const user = (username: string, ...groups: readonly string[]): UserInfo => ({ username, groups });
    const ask = (who: UserInfo): string => refusal({ verb: 'create', resource: 'nodes', object, user: who });
    expect(ask(user('system:node:', 'system:nodes'))).toBe('could not determine node from user "system:node:"');
    expect(ask(user('system:node:mynode', 'other'))).toBe('');
    expect(ask(user('admin', 'system:nodes'))).toBe('');
  });
});

describe('tokens', () => {
  const credentials = certified('system:node:mynode', 'system:nodes');
  function withPod(): { readonly api: TestApi; readonly uid: string } {
    const api = withAccount();
    api.want('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'mynode' } });
    const made = api.want('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { nodeName: 'mynode', containers: [{ name: 'c', image: 'i' }] },
    });
    return { api, uid: made.metadata.uid };
  }
  const ask = (api: TestApi, boundObjectRef: Loose | undefined, audiences: readonly string[] = []) =>
    api.ask(
      'POST',
      '/api/v1/namespaces/default/serviceaccounts/default/token',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef, audiences } },
      { credentials },
    );

  it('are for pods of the node, and for the audiences of their volumes', () => {
    const { api, uid } = withPod();
    const ref = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid };
    const prefix = 'serviceaccounts "default" is forbidden: ';
    expect(ask(api, ref).code).toBe(201);
    expect(message(ask(api, undefined))).toBe(`${prefix}node requested token not bound to a pod`);
    expect(message(ask(api, { ...ref, uid: '' }))).toBe(
      `${prefix}node requested token with a pod binding without a uid`,
    );
    expect(message(ask(api, { ...ref, uid: 'x' }))).toContain('(x) does not match the UID in record');
    expect(message(ask(api, { ...ref, name: 'q' }))).toBe('pod "q" not found');
    expect(message(ask(api, ref, ['a', 'b']))).toBe(`${prefix}node may only request 0 or 1 audiences`);
    expect(message(ask(api, ref, ['foo']))).toBe(
      `${prefix}audience "foo" not found in pod spec volume, system:node:mynode is not authorized to request tokens for this audience`,
    );
  });
});
