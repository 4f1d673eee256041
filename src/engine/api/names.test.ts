import { describe, expect, it } from 'vitest';
import './late-api';
import { resourceByKind } from './registry';
import { createRefusal, defaulted, updateRefusal } from './testing';
import type { Kind, KubeObject } from './types';

/** What is wrong, without the kind and the name in front. */
const wrong = (manifest: Parameters<typeof createRefusal>[0]) =>
  createRefusal(manifest)?.replace(/^\S+ "[^"]*" is invalid: /, '');

const container = { name: 'c', image: 'nginx' };
const pod = (spec: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod' as const,
  metadata: { name: 'p', ...metadata },
  spec: { containers: [container], ...spec },
});
const withContainer = (fields: object) => pod({ containers: [{ ...container, ...fields }] });
const labelled = (labels: object) => pod({}, { labels });
const port = (fields: object) => withContainer({ ports: [{ containerPort: 80, ...fields }] });
const dataOf = (key: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap' as const,
  metadata: { name: 'c' },
  data: { [key]: '' },
});
const rolling = (rollingUpdate: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment' as const,
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
    strategy: { type: 'RollingUpdate', rollingUpdate },
  },
});
const backend = { service: { name: 's', port: { number: 80 } } };
const ingress = (host: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress' as const,
  metadata: { name: 'i' },
  spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
});
const policyFor = (cidr: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy' as const,
  metadata: { name: 'n' },
  spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr } }] }] },
});

const LAB =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUB =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const S1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const WILD =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const QN =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LV =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const KEY =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
const HEADER =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
const ENV = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const LONG = 'x'.repeat(64);
const LONGER = 'x'.repeat(254);

// validation.md 1.1: apimachinery/pkg/util/validation/validation.go, pkg/api/validate/content/*.go
describe('the rules of names and strings', () => {
  const PORT = 'spec.containers[0].ports[0]';
  const at = (field: string, value: unknown, ...texts: string[]) => {
    const errors = texts.map((text) => `${field}: Invalid value: ${JSON.stringify(value)}: ${text}`);
    return errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
  };

  it.each([
    [
      'a label with 64 characters',
      pod({ hostname: LONG }),
      at('spec.hostname', LONG, 'must be no more than 63 characters'),
    ],
    ['a label with dots', pod({ hostname: 'a.b' }), at('spec.hostname', 'a.b', 'must not contain dots')],
    ['a label', pod({ hostname: 'a_b' }), at('spec.hostname', 'a_b', LAB)],
    [
      'a subdomain with 254 characters',
      pod({ priorityClassName: LONGER }),
      at('spec.priorityClassName', LONGER, 'must be no more than 253 characters'),
    ],
    ['a subdomain', pod({ priorityClassName: 'a..b' }), at('spec.priorityClassName', 'a..b', SUB)],
    ['a wildcard', ingress('*.A'), at('spec.rules[0].host', '*.A', WILD)],
    ['a wildcard in the middle', ingress('a.*.b'), at('spec.rules[0].host', 'a.*.b', WILD)],
    ['a key without prefix', labelled({ '/a': '' }), at('metadata.labels', '/a', 'prefix part must be non-empty')],
    ['a key with a bad prefix', labelled({ 'A/a': '' }), at('metadata.labels', 'A/a', `prefix part ${SUB}`)],
    [
      'a key without name',
      labelled({ 'a.io/': '' }),
      at('metadata.labels', 'a.io/', 'name part must be non-empty', `name part ${QN}`),
    ],
    [
      'a key with 64 characters',
      labelled({ [LONG]: '' }),
      at('metadata.labels', LONG, 'name part must be no more than 63 characters'),
    ],
    ['a key', labelled({ 'a b': '' }), at('metadata.labels', 'a b', `name part ${QN}`)],
    [
      'a key with two slashes',
      labelled({ 'a/b/c': '' }),
      at(
        'metadata.labels',
        'a/b/c',
        `a valid label key ${QN} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ),
    ],
    [
      'a value with 64 characters',
      labelled({ a: LONG }),
      at('metadata.labels', LONG, 'must be no more than 63 characters'),
    ],
    ['a value', labelled({ a: '_b' }), at('metadata.labels', '_b', LV)],
    [
      'a port name with 16 characters',
      port({ name: 'abcdefghijklmnop' }),
      at(`${PORT}.name`, 'abcdefghijklmnop', 'must be no more than 15 characters'),
    ],
    [
      'a port name',
      port({ name: '-_--' }),
      at(
        `${PORT}.name`,
        '-_--',
        'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'must contain at least one letter (a-z)',
        'must not contain consecutive hyphens',
        'must not begin or end with a hyphen',
      ),
    ],
    [
      'a port number',
      port({ containerPort: -1 }),
      at(`${PORT}.containerPort`, -1, 'must be between 1 and 65535, inclusive'),
    ],
    ['a variable with =', withContainer({ env: [{ name: 'a=b' }] }), at('spec.containers[0].env[0].name', 'a=b', ENV)],
    ['a variable', withContainer({ env: [{ name: 'é' }] }), at('spec.containers[0].env[0].name', 'é', ENV)],
    ['a relaxed variable', withContainer({ env: [{ name: '1 a:b' }] }), undefined],
    ['a config key', dataOf('a b'), at('data[a b]', 'a b', KEY)],
    ['the config key .', dataOf('.'), at('data[.]', '.', "must not be '.'")],
    ['the config key ..', dataOf('..'), at('data[..]', '..', "must not be '..'")],
    ['the config key ..a', dataOf('..a'), at('data[..a]', '..a', "must not start with '..'")],
    [
      'a config key with 254 characters',
      dataOf(LONGER),
      at(`data[${LONGER}]`, LONGER, 'must be no more than 253 characters'),
    ],
    [
      'a percentage',
      rolling({ maxSurge: 'x%', maxUnavailable: 1 }),
      at('spec.strategy.rollingUpdate.maxSurge', 'x%', PERCENT),
    ],
    [
      'a header',
      withContainer({ livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'a b', value: '' }] } } }),
      at('spec.containers[0].livenessProbe.httpGet.httpHeaders', 'a b', HEADER),
    ],
    [
      'a user',
      pod({ securityContext: { runAsUser: -1, runAsGroup: 2_147_483_647 } }),
      at('spec.securityContext.runAsUser', -1, 'must be between 0 and 2147483647, inclusive'),
    ],
    [
      'an address',
      pod({ hostAliases: [{ ip: '10.0.0.256' }] }),
      at('spec.hostAliases[0].ip', '10.0.0.256', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'),
    ],
    ['an address with leading zeros', pod({ hostAliases: [{ ip: '010.0.0.1' }, { ip: '2001:db8::ffff' }] }), undefined],
    [
      'a network',
      policyFor('10.0.0.0/33'),
      at(
        'spec.ingress[0].from[0].ipBlock.cidr',
        '10.0.0.0/33',
        'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ),
    ],
  ])('%s', (_what, manifest, expected) => expect(wrong(manifest)).toBe(expected));

  const errorsOfName = (apiVersion: string, kind: string, name: string): readonly string[] => {
    const info = resourceByKind(apiVersion, kind)!;
    const spec = { jobTemplate: { spec: { template: {} } }, template: {}, containers: [] };
    const object = defaulted({ apiVersion, kind: kind as Kind, metadata: { name }, spec }) as KubeObject;
    return info.rules
      .validate(object)
      .filter(({ field }) => field === 'metadata.name')
      .map(({ detail }) => detail);
  };

  it.each([
    ['v1', 'Pod ConfigMap Secret ServiceAccount Node PersistentVolume PersistentVolumeClaim ReplicationController'],
    ['v1', 'ResourceQuota LimitRange Endpoints PodTemplate'],
    ['apps/v1', 'ReplicaSet Deployment DaemonSet ControllerRevision'],
    ['batch/v1', 'Job CronJob'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['networking.k8s.io/v1', 'Ingress IngressClass NetworkPolicy'],
    ['storage.k8s.io/v1', 'StorageClass'],
    ['scheduling.k8s.io/v1', 'PriorityClass'],
    ['discovery.k8s.io/v1', 'EndpointSlice'],
    ['coordination.k8s.io/v1', 'Lease'],
    ['node.k8s.io/v1', 'RuntimeClass'],
  ])('a subdomain names each %s of %s', (apiVersion, kinds) => {
    for (const kind of kinds.split(' ')) {
      expect([kind, errorsOfName(apiVersion, kind, 'a.b-1')]).toEqual([kind, []]);
      expect([kind, errorsOfName(apiVersion, kind, 'A')]).toEqual([kind, [SUB]]);
    }
  });

  it('a label names Namespaces and StatefulSets, a DNS-1035 label Services', () => {
    for (const [apiVersion, kind] of [
      ['v1', 'Namespace'],
      ['apps/v1', 'StatefulSet'],
    ] as const) {
      expect(errorsOfName(apiVersion, kind, '1-a')).toEqual([]);
      expect(errorsOfName(apiVersion, kind, 'a.b')).toEqual(['must not contain dots']);
      expect(errorsOfName(apiVersion, kind, 'A')).toEqual([LAB]);
    }
    expect(errorsOfName('v1', 'Service', '1a')).toEqual([S1035]);
    expect(errorsOfName('v1', 'Service', LONG)).toEqual(['must be no more than 63 characters']);
  });

  it('anything that a path can hold names roles and their bindings', () => {
    for (const kind of ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']) {
      const errors = (name: string) => errorsOfName('rbac.authorization.k8s.io/v1', kind, name);
      expect(errors('system:A b')).toEqual([]);
      expect(errors('a/b%c')).toEqual(["may not contain '/'", "may not contain '%'"]);
      expect(errors('.')).toEqual(["may not be '.'"]);
      expect(errors('..')).toEqual(["may not be '..'"]);
    }
  });
});

// validation.md 1.2: apimachinery/pkg/api/validation/objectmeta.go, apis/meta/v1/validation/validation.go
describe('the rules of metadata', () => {
  const owner = (more: object = {}) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a', uid: 'u', ...more });
  const IV = (field: string, value: unknown, text: string) =>
    `metadata.${field}: Invalid value: ${JSON.stringify(value)}: ${text}`;
  const owners = [owner({ controller: true }), owner({ name: 'b', uid: 'v', controller: true })];

  it.each<[string, object, string]>([
    ['generateName', { generateName: 'A-' }, IV('generateName', 'A-', SUB)],
    ['namespace', { namespace: 'a.b' }, IV('namespace', 'a.b', 'must not contain dots')],
    [
      'annotations',
      { annotations: { 'A/B/C': '' } },
      IV(
        'annotations',
        'A/B/C',
        `a valid label key ${QN} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ),
    ],
    [
      'large annotations',
      { annotations: { a: 'x'.repeat(262_144) } },
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [
      'owner without version',
      { ownerReferences: [owner({ apiVersion: '' })] },
      IV('ownerReferences.apiVersion', '', 'version must not be empty'),
    ],
    [
      'owner without kind',
      { ownerReferences: [owner({ kind: '' })] },
      IV('ownerReferences.kind', '', 'must not be empty'),
    ],
    [
      'owner without name',
      { ownerReferences: [owner({ name: '' })] },
      IV('ownerReferences.name', '', 'must not be empty'),
    ],
    [
      'owner without uid',
      { ownerReferences: [owner({ uid: '' })] },
      IV('ownerReferences.uid', '', 'must not be empty'),
    ],
    [
      'two controllers',
      { ownerReferences: owners },
      IV(
        'ownerReferences',
        owners,
        'Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/a and ReplicaSet/b',
      ),
    ],
    [
      'an Event as owner',
      { ownerReferences: [owner({ apiVersion: 'v1', kind: 'Event' })] },
      IV(
        'ownerReferences',
        owner({ apiVersion: 'v1', kind: 'Event' }),
        '/v1, Kind=Event is disallowed from being an owner',
      ),
    ],
    [
      'two ways to delete',
      { finalizers: ['orphan', 'foregroundDeletion'] },
      IV('finalizers', ['orphan', 'foregroundDeletion'], 'finalizer orphan and foregroundDeletion cannot be both set'),
    ],
    [
      'an unqualified finalizer',
      { finalizers: ['x'] },
      IV('finalizers[0]', 'x', 'name is neither a standard finalizer name nor is it fully qualified'),
    ],
    [
      'operation',
      { managedFields: [{ manager: 'm', operation: 'X', fieldsType: 'FieldsV1' }] },
      IV('managedFields[0].operation', 'X', 'must be `Apply` or `Update`'),
    ],
    [
      'fieldsType',
      { managedFields: [{ manager: 'm', operation: 'Apply', fieldsType: 'X' }] },
      IV('managedFields[0].fieldsType', 'X', 'must be `FieldsV1`'),
    ],
    [
      'manager',
      { managedFields: [{ manager: 'm'.repeat(129), operation: 'Apply', fieldsType: 'FieldsV1' }] },
      'metadata.managedFields[0].manager: Too long: may not be more than 128 bytes',
    ],
  ])('%s', (_what, metadata, expected) => expect(wrong(pod({}, metadata))).toBe(expected));

  it('a generation that falls', () => {
    const before = { ...dataOf('k'), metadata: { name: 'c', generation: 2 } };
    const after = { ...dataOf('k'), metadata: { name: 'c', generation: 1 } };
    expect(updateRefusal(before, after)).toBe(
      `ConfigMap "c" is invalid: ${IV('generation', 1, 'must not be decremented')}`,
    );
  });

  it('a generation below 0', () => {
    const map = { ...dataOf('k'), metadata: { name: 'c', generation: -1 } };
    expect(wrong(map)).toBe(IV('generation', -1, 'must be greater than or equal to 0'));
  });

  it('a namespace of what has none', () => {
    const node = { apiVersion: 'v1', kind: 'Node' as const, metadata: { name: 'n', namespace: 'default' } };
    expect(wrong(node)).toBe('metadata.namespace: Forbidden: not allowed on this type');
    expect(wrong({ ...dataOf('k'), metadata: { name: 'c', namespace: '' } })).toBe(
      'metadata.namespace: Required value',
    );
  });
});
