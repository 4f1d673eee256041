import { describe, expect, it } from 'vitest';
import type { Service } from '#engine/api/types';
import { expandVariables, serviceVariables } from './environment';

const metadata = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', namespace: 'default' };
const service = (
  name: string,
  clusterIP: string,
  ports: readonly { name?: string; port: number; protocol?: 'TCP' | 'UDP' }[],
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...metadata, name },
  spec: { clusterIP, ports: ports.map((port) => ({ protocol: 'TCP', ...port })) },
  status: {},
});

describe('service variables (pkg/kubelet/envvars/envvars_test.go)', () => {
  it('K1: one unnamed port', () => {
    expect(serviceVariables(service('foo-bar', '1.2.3.4', [{ port: 8080 }]))).toEqual({
      FOO_BAR_SERVICE_HOST: '1.2.3.4',
      FOO_BAR_SERVICE_PORT: '8080',
      FOO_BAR_PORT: 'tcp://1.2.3.4:8080',
      FOO_BAR_PORT_8080_TCP: 'tcp://1.2.3.4:8080',
      FOO_BAR_PORT_8080_TCP_PROTO: 'tcp',
      FOO_BAR_PORT_8080_TCP_PORT: '8080',
      FOO_BAR_PORT_8080_TCP_ADDR: '1.2.3.4',
    });
  });

  it('K2: the same port by two protocols', () => {
    const env = serviceVariables(
      service('abc-123', '5.6.7.8', [
        { name: 'u-d-p', port: 8081, protocol: 'UDP' },
        { name: 't-c-p', port: 8081 },
      ]),
    );
    expect(env).toMatchObject({
      ABC_123_SERVICE_PORT: '8081',
      ABC_123_SERVICE_PORT_U_D_P: '8081',
      ABC_123_SERVICE_PORT_T_C_P: '8081',
      ABC_123_PORT: 'udp://5.6.7.8:8081',
      ABC_123_PORT_8081_UDP_PROTO: 'udp',
      ABC_123_PORT_8081_TCP: 'tcp://5.6.7.8:8081',
    });
  });

  it('K3: names that are numbers, addresses of version 6', () => {
    expect(
      serviceVariables(service('q-u-u-x', '9.8.7.6', [{ port: 8082 }, { name: '8083', port: 8083 }])),
    ).toMatchObject({ Q_U_U_X_SERVICE_PORT: '8082', Q_U_U_X_SERVICE_PORT_8083: '8083' });
    expect(
      serviceVariables(service('super-ipv6', '2001:DB8::', [{ name: 'u-d-p', port: 8084, protocol: 'UDP' }])),
    ).toMatchObject({
      SUPER_IPV6_PORT_8084_UDP: 'udp://[2001:DB8::]:8084',
      SUPER_IPV6_PORT_8084_UDP_ADDR: '2001:DB8::',
    });
  });

  it('expands earlier variables and leaves unknown ones', () => {
    expect(expandVariables('$(A)-$(B)-$$(A)-$A', { A: '1' })).toBe('1-$(B)-$(A)-$A');
  });
});
