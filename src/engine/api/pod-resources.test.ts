import { describe, expect, it } from 'vitest';
import { isResizing, podRequests, scoringRequests } from './pod-resources';
import type { Container, Pod } from './types';

interface Shape {
  readonly requests: readonly Readonly<Record<string, string | number>>[];
  readonly spec?: Partial<Pod['spec']>;
  readonly status?: Pod['status'];
}

const aPod = (name: string, { requests, spec, status }: Shape): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    containers: requests.map((wanted, i) => ({ name: `c${i}`, resources: { requests: { ...wanted } } })),
    ...spec,
  },
  status: { ...status },
});

const container = (name: string, cpu: string, more: Partial<Container> = {}): Container => ({
  name,
  resources: { requests: { cpu } },
  ...more,
});

// kubernetes staging/src/k8s.io/component-helpers/resource/helpers.go (PodRequests)
describe('what a pod asks for', () => {
  it('[request-1] is the most of what runs together and what init needs with the sidecars before it', () => {
    const pod = aPod('web', {
      requests: [{ cpu: '1' }, { cpu: '1' }],
      spec: { initContainers: [container('sidecar', '500m', { restartPolicy: 'Always' }), container('init', '3')] },
    });
    expect(podRequests(pod).milliCpu).toBe(3500);
  });

  it('is what containers and sidecars need together when init needs less', () => {
    const pod = aPod('web', {
      requests: [{ cpu: '1' }, { cpu: '1' }],
      spec: { initContainers: [container('init', '2'), container('sidecar', '500m', { restartPolicy: 'Always' })] },
    });
    expect(podRequests(pod).milliCpu).toBe(2500);
  });

  it('is replaced by what the pod itself names, plus overhead', () => {
    const pod = aPod('web', {
      requests: [{ cpu: '1', memory: '1Gi' }],
      spec: { resources: { requests: { cpu: '4' } }, overhead: { cpu: '250m', memory: '64Mi' } },
    });
    expect(podRequests(pod)).toMatchObject({ milliCpu: 4250, memory: 1088 * 1024 * 1024 });
  });

  it('has defaults only for scoring, and only for what a container does not name', () => {
    const pod = aPod('web', { requests: [{}, { cpu: '0', memory: '1' }] });
    expect(scoringRequests(pod)).toMatchObject({ milliCpu: 100, memory: 209_715_201 });
    expect(podRequests(pod)).toMatchObject({ milliCpu: 0, memory: 1 });
  });

  it('is known from the spec as long as what was granted is the very same', () => {
    const pending = aPod('web', { requests: [{ cpu: '1' }] });
    const { resources } = pending.spec.containers[0]!;
    const status = { name: 'c0', image: 'i', imageID: 'i', ready: true, restartCount: 0 };
    const granted = { ...status, resources: resources!, allocatedResources: resources!.requests! };
    const running: Pod = { ...pending, status: { containerStatuses: [granted] } };
    expect(isResizing(running)).toBe(false);
    expect(podRequests(running)).toBe(podRequests(pending));
    const shrunk: Pod = { ...running, spec: { containers: [container('c0', '500m')] } };
    expect(isResizing(shrunk)).toBe(true);
    expect(podRequests(shrunk).milliCpu).toBe(1000);
  });

  it('is the most of wanted and granted while a resize is in flight', () => {
    const status = {
      containerStatuses: [
        { name: 'c0', image: 'i', imageID: 'i', ready: true, restartCount: 0, allocatedResources: { cpu: '2' } },
      ],
    };
    expect(podRequests(aPod('web', { requests: [{ cpu: '1' }], status })).milliCpu).toBe(2000);
    expect(podRequests(aPod('web', { requests: [{ cpu: '3' }], status })).milliCpu).toBe(3000);
    const infeasible = { ...status, conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }] };
    expect(podRequests(aPod('web', { requests: [{ cpu: '3' }], status: infeasible })).milliCpu).toBe(2000);
  });

  it('counts extended resources by name', () => {
    const pod = aPod('gpu', { requests: [{ 'example.com/gpu': '1' }, { 'example.com/gpu': 2 }] });
    expect(podRequests(pod).scalars).toEqual(new Map([['example.com/gpu', 3]]));
  });

  it('is worked out once a spec', () => {
    const pod = aPod('web', { requests: [{ cpu: '1' }] });
    expect(podRequests({ ...pod, status: { phase: 'Running' } })).toBe(podRequests(pod));
  });
});
