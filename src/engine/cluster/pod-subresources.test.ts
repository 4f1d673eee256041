import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, type Story } from './testing';

const PODS = '/api/v1/namespaces/default/pods';
const MERGE = 'application/strategic-merge-patch+json';
const patch = (t: Story, path: string, body: unknown) =>
  t.request('PATCH', `${PODS}/${path}`, { contentType: MERGE, body });

const pod = (name: string, resources: string, more = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 2
  containers:
  - {name: main, image: "busybox:1.36", command: [sleep, "3600"], resources: ${resources}${more}}
`;

function running(...manifests: readonly string[]): Story {
  const t = bootedStory({ recorded: false, nodes: 1 });
  t.apply(manifests.join('---\n'));
  t.until(
    'they run',
    () => t.pods.filter(({ namespace }) => namespace === 'default').every(({ status }) => status === 'Running'),
    MINUTE,
  );
  return t;
}

const whole = (t: Story, name: string): Pod => t.object<Pod>('Pod', name)!;
const conditionOf = (t: Story, name: string, type: string) =>
  whole(t, name).status.conditions?.find((condition) => condition.type === type);

describe('pods/ephemeralcontainers', () => {
  const debug = (name: string, command: readonly string[]) => ({
    spec: { ephemeralContainers: [{ name, image: 'busybox:1.36', command, targetContainerName: 'main' }] },
  });

  it('adds a container that starts in the running pod, once, and can be looked into', () => {
    const t = running(pod('web', '{}'));
    expect(patch(t, 'web/ephemeralcontainers', debug('debugger', ['sh', '-c', 'echo looking; sleep 5'])).code).toBe(
      200,
    );
    t.run(4 * SECOND);
    const status = () => whole(t, 'web').status.ephemeralContainerStatuses?.[0];
    expect(status()).toMatchObject({ name: 'debugger', restartCount: 0, state: { running: {} } });
    expect(t.request('GET', `${PODS}/web/log`, { query: { container: 'debugger' } }).body).toBe('looking\n');
    t.run(10 * SECOND);
    expect(status()?.state?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    t.run(MINUTE);
    expect(status()?.restartCount).toBe(0);
    expect(t.eventsOf('Pod', 'ResizeStarted')).toEqual([]);
    expect(t.pod('web')).toMatchObject({ status: 'Running', ready: true });
  });

  it('only adds', () => {
    const t = running(pod('web', '{}'));
    patch(t, 'web/ephemeralcontainers', debug('debugger', ['sleep', '60']));
    const { status: _status, metadata, ...now } = whole(t, 'web');
    const { resourceVersion: _version, ...named } = metadata;
    const { ephemeralContainers: _, ...spec } = now.spec;
    const put = (body: unknown) => t.request('PUT', `${PODS}/web/ephemeralcontainers`, { body });
    expect(put({ ...now, metadata: named, spec: { ...spec, ephemeralContainers: [] } }).error).toBe(
      'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger" may not be removed\n',
    );
    expect(patch(t, 'web/ephemeralcontainers', debug('debugger', ['sleep', '1'])).error).toBe(
      'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger" may not be changed\n',
    );
    expect(patch(t, 'web/ephemeralcontainers', debug('main', ['sleep', '1'])).error).toContain(
      'Duplicate value: "main"',
    );
    expect(patch(t, 'web', debug('other', ['sleep', '1'])).error).toContain(
      'pod updates may not change fields other than',
    );
  });
});

describe('pods/resize', () => {
  const wants = (cpu: string, memory = '64Mi') => ({
    spec: { containers: [{ name: 'main', resources: { requests: { cpu, memory } } }] },
  });
  const SMALL = '{requests: {cpu: 500m, memory: 64Mi}}';

  it('changes a running container in place and tells so', () => {
    const t = running(pod('web', SMALL));
    const id = whole(t, 'web').status.containerStatuses?.[0]?.containerID;
    expect(patch(t, 'web/resize', wants('800m')).code).toBe(200);
    t.run(2 * SECOND);
    const status = whole(t, 'web').status.containerStatuses?.[0];
    expect(status).toMatchObject({
      containerID: id,
      restartCount: 0,
      resources: { requests: { cpu: '800m', memory: '64Mi' } },
      allocatedResources: { cpu: '800m', memory: '64Mi' },
    });
    expect(conditionOf(t, 'web', 'PodResizeInProgress')).toBeUndefined();
    expect(t.eventsOf('Pod', 'ResizeCompleted')[0]?.message).toBe(
      'Pod resize completed: {"containers":[{"name":"main","resources":{"requests":{"cpu":"800m","memory":"64Mi"}}}],"generation":2}',
    );
  });

  it('restarts the container where its policy says so', () => {
    const t = running(pod('web', SMALL, ', resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]'));
    patch(t, 'web/resize', wants('500m', '128Mi'));
    t.until('it has been restarted', () => t.pod('web')?.restarts === 1 && t.pod('web')?.status === 'Running', MINUTE);
    t.run(2 * SECOND);
    expect(t.eventsOf('Pod', 'Killing')[0]?.message).toBe('Container main resize requires restart');
    expect(whole(t, 'web').status.containerStatuses?.[0]?.resources?.requests).toEqual({
      cpu: '500m',
      memory: '128Mi',
    });
    expect(conditionOf(t, 'web', 'PodResizeInProgress')).toBeUndefined();
  });

  it('waits for room, and takes it when another pod goes', () => {
    const t = running(pod('web', SMALL), pod('big', '{requests: {cpu: 3, memory: 64Mi}}'));
    patch(t, 'web/resize', wants('2'));
    t.run(2 * SECOND);
    expect(conditionOf(t, 'web', 'PodResizePending')).toMatchObject({
      status: 'True',
      reason: 'Deferred',
      message: "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
    });
    expect(whole(t, 'web').status.containerStatuses?.[0]?.allocatedResources?.['cpu']).toBe('500m');
    t.request('DELETE', `${PODS}/big`);
    t.run(20 * SECOND);
    expect(conditionOf(t, 'web', 'PodResizePending')).toBeUndefined();
    expect(whole(t, 'web').status.containerStatuses?.[0]?.allocatedResources?.['cpu']).toBe('2');
  });

  it('never happens when the node is too small', () => {
    const t = running(pod('web', SMALL));
    patch(t, 'web/resize', wants('8'));
    t.run(2 * SECOND);
    expect(conditionOf(t, 'web', 'PodResizePending')).toMatchObject({
      reason: 'Infeasible',
      message: "Node didn't have enough capacity: cpu, requested: 8000, capacity: 4000",
    });
    patch(t, 'web/resize', wants('600m'));
    t.run(2 * SECOND);
    expect(conditionOf(t, 'web', 'PodResizePending')).toBeUndefined();
    expect(whole(t, 'web').status.containerStatuses?.[0]?.allocatedResources?.['cpu']).toBe('600m');
  });

  // @source pkg/apis/core/validation/validation_test.go (TestValidatePodResize)
  it.each([
    [
      { spec: { containers: [{ name: 'main', resources: { requests: { cpu: null } } }] } },
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      { spec: { containers: [{ name: 'main', resources: { requests: { 'ephemeral-storage': '1Gi' } } }] } },
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      { spec: { containers: [{ name: 'main', resources: { requests: null, $patch: 'replace' } }] } },
      'Pod QOS Class may not change as a result of resizing',
    ],
  ])('refuses %j', (body, message) => {
    told ??= running(pod('web', SMALL));
    const refused = patch(told, 'web/resize', body);
    expect(refused.error).toContain(message);
  });
  let told: Story | null = null;
});
