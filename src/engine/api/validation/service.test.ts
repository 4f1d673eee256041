import { describe, expect, it } from 'vitest';
import { createRefusal, updateRefusal } from '../testing';

const service = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service' as const,
  metadata: { name: 's' },
  spec: { ports: [{ port: 80 }], ...spec },
});
const refusal = (spec: object) => createRefusal(service(spec))?.replace('Service "s" is invalid: ', '');
const port = (...ports: object[]) => ({
  ports: ports.map((fields, index) => ({ name: `p${index}`, port: 80 + index, ...fields })),
});
const addresses = (...clusterIPs: string[]) => ({ clusterIP: clusterIPs[0], clusterIPs });
const external = (...externalIPs: string[]) => ({ externalIPs });
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const NODE_PORTS = "may only be used when `type` is 'LoadBalancer'";

// validation.md 1.4: pkg/apis/core/validation/validation.go (ValidateService)
describe('a Service', () => {
  it.each<[string, object, string | undefined]>([
    ['without ports, headless', { ports: [], clusterIP: 'None', clusterIPs: ['None'] }, undefined],
    ['port name', port({ name: 'A' }), `spec.ports[0].name: Invalid value: "A": ${LABEL}`],
    ['port name twice', port({ name: 'a' }, { name: 'a' }), 'spec.ports[1].name: Duplicate value: "a"'],
    [
      'port',
      port({ port: 0 }),
      '[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
    ],
    [
      'targetPort',
      port({ targetPort: 'Aa' }),
      'spec.ports[0].targetPort: Invalid value: "Aa": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    ],
    [
      'protocol',
      port({ protocol: 'X' }),
      'spec.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      'appProtocol',
      port({ appProtocol: 'a b' }),
      "spec.ports[0].appProtocol: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      'a port twice',
      port({}, { port: 80 }),
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
    [
      'a node port twice',
      { type: 'NodePort', ...port({ nodePort: 30080 }, { nodePort: 30080 }) },
      'spec.ports[1].nodePort: Duplicate value: 30080',
    ],
    [
      'type',
      { type: 'X' },
      'spec.type: Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      'externalName',
      { type: 'ExternalName', externalName: 'A' },
      "spec.externalName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    ['externalName with its dot', { type: 'ExternalName', externalName: 'a.b.' }, undefined],
    [
      'an address of an ExternalName',
      {
        type: 'ExternalName',
        externalName: 'a',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        ...addresses('10.96.0.9'),
      },
      '[spec.clusterIPs: Forbidden: may not be set for ExternalName services, spec.ipFamilies: Forbidden: may not be set for ExternalName services, spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services]',
    ],
    [
      'a headless LoadBalancer',
      { type: 'LoadBalancer', ...addresses('None') },
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer services',
    ],
    [
      'a headless NodePort',
      { type: 'NodePort', ...addresses('None') },
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
    ],
    [
      'another first address',
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.8'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.8"]: first value must match `clusterIP`',
    ],
    [
      'addresses alone',
      { clusterIPs: ['10.96.0.8'] },
      'spec.clusterIPs: Invalid value: ["10.96.0.8"]: must be empty when `clusterIP` is not specified',
    ],
    [
      'None and more',
      addresses('None', '10.96.0.8'),
      'spec.clusterIPs: Invalid value: ["None","10.96.0.8"]: \'None\' must be the first and only value',
    ],
    [
      'three addresses',
      addresses('10.96.0.8', 'fd00::1', '10.96.0.9'),
      'spec.clusterIPs: Invalid value: ["10.96.0.8","fd00::1","10.96.0.9"]: may only hold up to 2 values',
    ],
    [
      'two of a family',
      addresses('10.96.0.8', '10.96.0.9'),
      'spec.clusterIPs: Invalid value: ["10.96.0.8","10.96.0.9"]: may specify no more than one IP for each IP family',
    ],
    [
      'no address',
      addresses('x'),
      'spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'an address of another family',
      { ...addresses('fd00::1'), ipFamilies: ['IPv4'] },
      'spec.clusterIPs[0]: Invalid value: "fd00::1": expected an IPv4 value as indicated by `ipFamilies[0]`',
    ],
    [
      'ipFamilies',
      { ipFamilies: ['X'] },
      'spec.ipFamilies[0]: Unsupported value: "X": supported values: "IPv4", "IPv6"',
    ],
    ['a family twice', { ipFamilies: ['IPv4', 'IPv4'] }, 'spec.ipFamilies[1]: Duplicate value: "IPv4"'],
    [
      'ipFamilyPolicy',
      { ipFamilyPolicy: 'X' },
      'spec.ipFamilyPolicy: Unsupported value: "X": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
    ],
    [
      'selector',
      { selector: { a: 'b c' } },
      "spec.selector: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      'sessionAffinity',
      { sessionAffinity: 'X' },
      'spec.sessionAffinity: Unsupported value: "X": supported values: "ClientIP", "None"',
    ],
    [
      'a time without affinity',
      { sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
      'spec.sessionAffinityConfig: Forbidden: must not be set when session affinity is None',
    ],
    [
      'a long affinity',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } },
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
    ],
    [
      'no external address',
      external('x'),
      'spec.externalIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'an unspecified address',
      external('0.0.0.0'),
      'spec.externalIPs[0]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
    ],
    [
      'loopback',
      external('127.1.2.3'),
      'spec.externalIPs[0]: Invalid value: "127.1.2.3": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      'a link-local address',
      external('169.254.1.1'),
      'spec.externalIPs[0]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      'multicast',
      external('224.0.0.5'),
      'spec.externalIPs[0]: Invalid value: "224.0.0.5": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
    [
      'ranges of no LoadBalancer',
      { loadBalancerSourceRanges: ['10.0.0.0/8'] },
      `spec.LoadBalancerSourceRanges: Forbidden: ${NODE_PORTS}`,
    ],
    [
      'ranges',
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['x'] },
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    ['a class of no LoadBalancer', { loadBalancerClass: 'a/b' }, `spec.loadBalancerClass: Forbidden: ${NODE_PORTS}`],
    [
      'ports of no LoadBalancer',
      { allocateLoadBalancerNodePorts: true },
      `spec.allocateLoadBalancerNodePorts: Forbidden: ${NODE_PORTS}`,
    ],
    [
      'a policy of nothing outside',
      { externalTrafficPolicy: 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      'externalTrafficPolicy',
      { type: 'NodePort', externalTrafficPolicy: 'X' },
      'spec.externalTrafficPolicy: Unsupported value: "X": supported values: "Cluster", "Local"',
    ],
    [
      'internalTrafficPolicy',
      { internalTrafficPolicy: 'X' },
      'spec.internalTrafficPolicy: Unsupported value: "X": supported values: "Cluster", "Local"',
    ],
    [
      'a port for health checks',
      { healthCheckNodePort: 30000 },
      "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      'trafficDistribution',
      { trafficDistribution: 'X' },
      'spec.trafficDistribution: Unsupported value: "X": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
    ],
  ])('%s', (_what, spec, expected) => expect(refusal(spec)).toBe(expected));

  it.each<[string, object, object, string | undefined]>([
    [
      'no address any more',
      addresses('10.96.0.9'),
      { clusterIP: '' },
      'spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset',
    ],
    [
      'headless to an address',
      addresses('None'),
      addresses('10.96.0.9'),
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.9"]: may not change once set',
    ],
    [
      'ipFamilies',
      { ...addresses('10.96.0.9'), ipFamilies: ['IPv4'] },
      { ...addresses('10.96.0.9'), ipFamilies: ['IPv6'] },
      '[spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set, spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`]',
    ],
    [
      'loadBalancerClass',
      { type: 'LoadBalancer', loadBalancerClass: 'a/b' },
      { type: 'LoadBalancer', loadBalancerClass: 'a/c' },
      'spec.loadBalancerClass: Invalid value: "a/c": may not change once set',
    ],
    [
      'healthCheckNodePort',
      { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30000 },
      { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30001 },
      'spec.healthCheckNodePort: Forbidden: field is immutable',
    ],
  ])('does not change its %s', (_what, old, next, expected) =>
    expect(updateRefusal(service(old), service(next))?.replace('Service "s" is invalid: ', '')).toBe(expected),
  );
});
