import { describe, expect, it } from 'vitest';
import { MINUTE } from '#engine/kernel/time';
import { type Loose, MERGE, message, names, TestApi } from './testing';

describe('Services', () => {
  const SERVICES = '/api/v1/namespaces/default/services';
  const service = (name: string, spec: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });

  it('get addresses above the static band and ports above theirs, and give them back', () => {
    const api = new TestApi();
    const made = api.want('POST', SERVICES, service('a', { type: 'NodePort' })) as unknown as Loose;
    const address = made.spec['clusterIP'] as string;
    expect(made.spec).toMatchObject({ clusterIPs: [address], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
    expect(address).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    const port = (made.spec['ports'] as { nodePort: number }[])[0]!.nodePort;
    expect(port).toBeGreaterThanOrEqual(30_086);
    const taken = api.ask('POST', SERVICES, service('b', { clusterIP: address }));
    expect([taken.code, message(taken)]).toEqual([
      422,
      `Service "b" is invalid: spec.clusterIPs: Invalid value: ["${address}"]: failed to allocate IP ${address}: provided IP is already allocated`,
    ]);
    expect(
      message(api.ask('POST', SERVICES, service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }))),
    ).toContain(`spec.ports[0].nodePort: Invalid value: ${port}: provided port is already allocated`);
    expect(message(api.ask('POST', SERVICES, service('b', { clusterIP: '1.2.3.4' })))).toContain(
      'failed to allocate IP 1.2.3.4: the provided network does not match the current range',
    );
    expect(message(api.ask('POST', SERVICES, service('b', { clusterIP: '10.96.0.0' })))).toContain(
      'the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    );
    api.want('DELETE', `${SERVICES}/a`);
    expect(api.want('POST', SERVICES, service('b', { clusterIP: address }))).toMatchObject({
      spec: { clusterIP: address },
    });
  });

  it('have their addresses as IPAddresses, for as long as they are there', () => {
    const api = new TestApi();
    const { clusterIP } = (api.want('POST', SERVICES, service('a')) as unknown as Loose).spec;
    const path = `/apis/networking.k8s.io/v1/ipaddresses/${String(clusterIP)}`;
    expect(api.want('GET', path)).toMatchObject({
      kind: 'IPAddress',
      metadata: {
        name: clusterIP,
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        creationTimestamp: '2026-01-01T00:00:01Z',
        labels: {
          'ipaddress.kubernetes.io/ip-family': 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'a' } },
    });
    expect(names(api.want('GET', '/apis/networking.k8s.io/v1/ipaddresses'))).toEqual([clusterIP, '10.96.0.1']);
    api.want('DELETE', `${SERVICES}/a`);
    expect(api.ask('GET', path).code).toBe(404);
  });

  it('keep their address through updates, and lose the port with the type', () => {
    const api = new TestApi();
    const made = api.want('POST', SERVICES, service('a', { type: 'NodePort' })) as unknown as Loose;
    const next = api.want(
      'PUT',
      `${SERVICES}/a`,
      service('a', { ports: [{ port: 80 }, { port: 81, name: 'b' }].map((port, i) => ({ name: `p${i}`, ...port })) }),
    ) as unknown as Loose;
    expect(next.spec['clusterIP']).toBe(made.spec['clusterIP']);
    expect((next.spec['ports'] as { nodePort?: number }[])[0]!.nodePort).toBeUndefined();
    expect([...api.etcdState.store.live.keys()].filter((key) => key.includes('servicenodeports'))).toEqual([]);
  });
});

// validation.md 1.4 and 4: pkg/registry/core/service/storage/alloc.go, strategy.go (dropTypeDependentFields)
describe('what a Service is given', () => {
  const SERVICES = '/api/v1/namespaces/default/services';
  const made = (name: string, spec: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }], selector: { app: 'web' }, ...spec },
  });
  const WRONG = 'Service "s" is invalid: ';

  it.each<[string, object, number, string]>([
    [
      'IPv6',
      { ipFamilies: ['IPv6'] },
      422,
      `${WRONG}spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster`,
    ],
    [
      'an address of IPv6',
      { clusterIP: 'fd00::1' },
      422,
      `${WRONG}spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster`,
    ],
    [
      'two families required',
      { ipFamilyPolicy: 'RequireDualStack' },
      422,
      `${WRONG}spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services`,
    ],
    [
      'two addresses of one stack',
      { ipFamilyPolicy: 'SingleStack', clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00::1'] },
      422,
      `${WRONG}[spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified, spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster]`,
    ],
    [
      'a node port of another range',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      422,
      `${WRONG}spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767`,
    ],
  ])('is not %s', (_what, spec, code, text) => {
    const answer = new TestApi().ask('POST', SERVICES, made('s', spec));
    expect([answer.code, message(answer)]).toEqual([code, text]);
  });

  it('is both families when it is headless and selects nothing', () => {
    const api = new TestApi();
    const families = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' };
    const free = made('free', { clusterIP: 'None', selector: undefined });
    expect(api.want('POST', SERVICES, free)).toMatchObject({ spec: families });
    expect(api.want('POST', SERVICES, made('web', { clusterIP: 'None' }))).toMatchObject({
      spec: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    });
    expect(api.want('POST', SERVICES, made('any', { ipFamilyPolicy: 'PreferDualStack' }))).toMatchObject({
      spec: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
    });
  });

  it('is a port for health checks behind a load balancer that keeps addresses, and goes with its type', () => {
    const api = new TestApi();
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerClass: 'a.io/b' };
    const before = api.want('POST', SERVICES, made('s', spec)) as unknown as Loose;
    const port = before.spec['healthCheckNodePort'] as number;
    expect(port).toBeGreaterThanOrEqual(30_086);
    const taken = api.ask('POST', SERVICES, made('t', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }));
    expect(message(taken)).toContain('provided port is already allocated');
    expect(api.want('PUT', `${SERVICES}/s`, made('s', spec))).toMatchObject({ spec: { healthCheckNodePort: port } });
    const after = api.want('PATCH', `${SERVICES}/s`, { spec: { type: 'ClusterIP' } }, MERGE) as unknown as Loose;
    expect(after.spec).toEqual({
      clusterIP: before.spec['clusterIP'],
      clusterIPs: before.spec['clusterIPs'],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      selector: { app: 'web' },
      sessionAffinity: 'None',
      type: 'ClusterIP',
    });
    expect([...api.etcdState.store.live.keys()].filter((key) => key.includes('servicenodeports'))).toEqual([]);
    const named = { spec: { type: 'ExternalName', externalName: 'a.b' } };
    const last = api.want('PATCH', `${SERVICES}/s`, named, MERGE) as unknown as Loose;
    expect([last.spec['clusterIP'], last.spec['clusterIPs'], last.spec['ipFamilies']]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('Events', () => {
  it('are forgotten after an hour', () => {
    const api = new TestApi();
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'a.1' },
      involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' },
      reason: 'Pulled',
      message: 'm',
      type: 'Normal',
    };
    api.want('POST', '/api/v1/namespaces/default/events', event);
    api.advance(59 * MINUTE);
    expect(names(api.want('GET', '/api/v1/namespaces/default/events'))).toEqual(['a.1']);
    api.advance(3 * MINUTE);
    expect(names(api.want('GET', '/api/v1/namespaces/default/events'))).toEqual([]);
  });
});
