import { describe, expect, it } from 'vitest';
import { MINUTE } from '#engine/kernel/time';
import { type Loose, message, names, TestApi } from './testing';

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
      'the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    );
    api.want('DELETE', `${SERVICES}/a`);
    expect(api.want('POST', SERVICES, service('b', { clusterIP: address }))).toMatchObject({
      spec: { clusterIP: address },
    });
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
