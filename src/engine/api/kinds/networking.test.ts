/** @source kubernetes pkg/apis/networking/validation/validation_test.go, pkg/apis/core/validation/validation_test.go (Endpoints) */
import { describe, expect, it } from 'vitest';
import { DNS_SUBDOMAIN_MESSAGE } from '../names';
import { resourceByKind } from '../registry';
import { createRefusal, defaulted, updateRefusal } from '../testing';

const ingress = (spec: object, metadata: object = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress' as const,
  metadata: { name: 'i', ...metadata },
  spec,
});
const service = { service: { name: 'web', port: { number: 80 } } };
const withPath = (path: object) => ingress({ rules: [{ http: { paths: [{ backend: service, ...path }] } }] });
const withBackend = (backend: object) => ingress({ defaultBackend: backend });
const policy = (spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy' as const,
  metadata: { name: 'n' },
  spec: { podSelector: {}, ...spec },
});
const withPort = (port: object) => policy({ ingress: [{ ports: [port] }] });
const withPeer = (peer: object) => policy({ egress: [{ to: [peer] }] });
const ingressClass = (spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass' as const,
  metadata: { name: 'c' },
  spec,
});
const endpoints = (...subsets: readonly object[]) => ({
  apiVersion: 'v1',
  kind: 'Endpoints' as const,
  metadata: { name: 'e' },
  subsets,
});

const I = 'Ingress.networking.k8s.io "i" is invalid: ';
const PATH = 'spec.rules[0].http.paths[0]';
const N = 'NetworkPolicy.networking.k8s.io "n" is invalid: ';
const TO = 'spec.egress[0].to[0]';
const C = 'IngressClass.networking.k8s.io "c" is invalid: ';
const E = 'Endpoints "e" is invalid: ';

describe('what may not be created', () => {
  it.each([
    ['empty', ingress({}), `${I}spec: Invalid value: null: either \`defaultBackend\` or \`rules\` must be specified`],
    [
      'no rules',
      ingress({ rules: [] }),
      `${I}spec: Invalid value: []: either \`defaultBackend\` or \`rules\` must be specified`,
    ],
    ['no pathType', withPath({ path: '/' }), `${I}${PATH}.pathType: Required value: pathType must be specified`],
    [
      'pathType',
      withPath({ path: '/', pathType: 'Any' }),
      `${I}${PATH}.pathType: Unsupported value: "Any": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
    ],
    [
      'relative path',
      withPath({ path: 'a', pathType: 'Prefix' }),
      `${I}${PATH}.path: Invalid value: "a": must be an absolute path`,
    ],
    [
      'dots in a path',
      withPath({ path: '/a/../b//..', pathType: 'Exact' }),
      `${I}[${PATH}.path: Invalid value: "/a/../b//..": must not contain '//', ${PATH}.path: Invalid value: "/a/../b//..": must not contain '/../', ${PATH}.path: Invalid value: "/a/../b//..": cannot end with '/..']`,
    ],
    ['any path of an implementation', withPath({ path: '/a//b', pathType: 'ImplementationSpecific' }), undefined],
    ['no paths', ingress({ rules: [{ http: {} }] }), `${I}spec.rules[0].http.paths: Required value`],
    [
      'address as host',
      ingress({ rules: [{ host: '10.0.0.1' }] }),
      `${I}spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address`,
    ],
    [
      'host in upper case',
      ingress({ rules: [{ host: 'A.b' }] }),
      `${I}spec.rules[0].host: Invalid value: "A.b": ${DNS_SUBDOMAIN_MESSAGE}`,
    ],
    [
      'wildcard in the middle',
      ingress({ rules: [{ host: 'a.*.b' }] }),
      `${I}spec.rules[0].host: Invalid value: "a.*.b": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
    ['wildcard', ingress({ rules: [{ host: '*.example.com' }] }), undefined],
    [
      'no backend',
      withBackend({}),
      `${I}spec.defaultBackend: Invalid value: "": resource or service backend is required`,
    ],
    [
      'two backends',
      withBackend({ ...service, resource: { kind: 'A', name: 'b' } }),
      `${I}spec.defaultBackend: Invalid value: "": cannot set both resource and service backends`,
    ],
    [
      'two ports',
      withBackend({ service: { name: 'web', port: { name: 'http', number: 80 } } }),
      `${I}spec.defaultBackend: Invalid value: "": cannot set both port name & port number`,
    ],
    [
      'neither name nor port',
      withBackend({ service: {} }),
      `${I}[spec.defaultBackend.service.name: Required value, spec.defaultBackend: Required value: port name or number is required]`,
    ],
    [
      'class twice',
      ingress(
        { defaultBackend: service, ingressClassName: 'a' },
        { annotations: { 'kubernetes.io/ingress.class': 'b' } },
      ),
      `${I}annotations.kubernetes.io/ingress.class: Invalid value: "b": must match \`ingressClassName\` when both are specified`,
    ],
    ['no controller', ingressClass({}), `${C}spec.controller: Required value`],
    [
      'controller without domain',
      ingressClass({ controller: 'nginx' }),
      `${C}spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")`,
    ],
    [
      'namespace of a cluster parameter',
      ingressClass({ controller: 'a.io/b', parameters: { kind: 'K', name: 'n', namespace: 'x' } }),
      `${C}spec.parameters.namespace: Forbidden: \`parameters.scope\` is set to 'Cluster'`,
    ],
    [
      'protocol',
      withPort({ protocol: 'tcp' }),
      `${N}spec.ingress[0].ports[0].protocol: Unsupported value: "tcp": supported values: "TCP", "UDP", "SCTP"`,
    ],
    [
      'endPort below port',
      withPort({ port: 90, endPort: 80 }),
      `${N}spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to \`port\``,
    ],
    [
      'endPort alone',
      withPort({ endPort: 80 }),
      `${N}spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when \`port\` is not specified`,
    ],
    [
      'endPort of a name',
      withPort({ port: 'http', endPort: 80 }),
      `${N}spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when \`port\` is non-numeric`,
    ],
    ['no peer', withPeer({}), `${N}${TO}: Required value: must specify a peer`],
    [
      'block and selector',
      withPeer({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
      `${N}${TO}: Forbidden: may not specify both ipBlock and another peer`,
    ],
    [
      'block',
      withPeer({ ipBlock: { cidr: '10.0.0.0' } }),
      `${N}${TO}.ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
    ],
    [
      'exceptions outside',
      withPeer({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.0.0.0/8', '11.0.0.0/16', '::/64'] } }),
      `${N}[${[
        [1, '10.0.0.0/8'],
        [2, '11.0.0.0/16'],
        [3, '::/64'],
      ]
        .map(
          ([at, cidr]) => `${TO}.ipBlock.except[${at}]: Invalid value: "${cidr}": must be a strict subset of \`cidr\``,
        )
        .join(', ')}]`,
    ],
    [
      'exceptions of IPv6 inside',
      withPeer({ ipBlock: { cidr: '2001:db8::/32', except: ['2001:0DB8:1::/48', '2001:db8::1.2.3.4/128'] } }),
      undefined,
    ],
    [
      'policyTypes',
      policy({ policyTypes: ['Both'] }),
      `${N}spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"`,
    ],
    [
      'no address',
      endpoints({ ports: [{ port: 80 }] }),
      `${E}subsets[0]: Required value: must specify \`addresses\` or \`notReadyAddresses\``,
    ],
    [
      'loopback',
      endpoints({ addresses: [{ ip: '127.0.0.1' }] }),
      `${E}subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)`,
    ],
    [
      'ports without names',
      endpoints({ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80, name: 'a' }, { port: 81 }] }),
      `${E}subsets[0].ports[1].name: Required value`,
    ],
  ])('%s', (_, manifest, message) => {
    expect(createRefusal(manifest)).toBe(message);
  });
});

it('keeps the controller of a class, and lets the class of an ingress differ on update', () => {
  expect(updateRefusal(ingressClass({ controller: 'a.io/b' }), ingressClass({ controller: 'a.io/c' }))).toBe(
    `${C}spec.controller: Invalid value: "a.io/c": field is immutable`,
  );
  const old = ingress({ defaultBackend: service }, { annotations: { 'kubernetes.io/ingress.class': 'b' } });
  expect(updateRefusal(old, { ...old, spec: { ...old.spec, ingressClassName: 'a' } })).toBeUndefined();
});

it('fills protocols, policy types and the scope of parameters', () => {
  expect(defaulted(withPort({ port: 80 })).spec).toEqual({
    podSelector: {},
    ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }],
    policyTypes: ['Ingress'],
  });
  expect(defaulted(policy({ egress: [{}] })).spec?.policyTypes).toEqual(['Ingress', 'Egress']);
  expect(defaulted(ingressClass({ parameters: { kind: 'K', name: 'n' } })).spec?.parameters?.scope).toBe('Cluster');
  expect(defaulted(endpoints({ ports: [{ port: 1 }] })).subsets?.[0]?.ports).toEqual([{ port: 1, protocol: 'TCP' }]);
});

it('warns of the old annotation, and checks the status', () => {
  const rules = resourceByKind('networking.k8s.io/v1', 'Ingress')?.rules;
  const object = defaulted(ingress({}, { annotations: { 'kubernetes.io/ingress.class': 'b' } }));
  expect(rules?.warnings?.(object)).toEqual([
    `annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`,
  ]);
  expect(rules?.warnings?.(object, object)).toEqual([]);
  const next = { ...object, status: { loadBalancer: { ingress: [{ ip: '1.2.3' }, { hostname: '1.2.3.4' }] } } };
  expect(rules?.validateStatusUpdate?.(next, object).map(({ field, detail }) => [field, detail])).toEqual([
    ['status.loadBalancer.ingress[0].ip', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ['status.loadBalancer.ingress[1].hostname', 'must be a DNS name, not an IP address'],
  ]);
});
