/** What containers use of CPU and memory, as their kubelet tells it. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service, type Story } from './testing';

interface Numbers {
  readonly cpu: { readonly usageNanoCores: number; readonly usageCoreNanoSeconds: number };
  readonly memory: { readonly workingSetBytes: number };
}
interface Summary {
  readonly node: Numbers;
  readonly pods: readonly (Numbers & {
    readonly podRef: { readonly name: string };
    readonly containers: readonly Numbers[];
  })[];
}

const of = (t: Story, node: string, path: string): string =>
  t.request('GET', `/api/v1/nodes/${node}/proxy/${path}`).body as string;
const summaryOf = (t: Story, node: string): Summary => JSON.parse(of(t, node, 'stats/summary')) as Summary;

/** µs of CPU time of an app's pods, by name, and when they were read. */
function cpuOf(t: Story, app: string): ReadonlyMap<string, readonly [number, number]> {
  return new Map(
    t.podsOf(app).map(({ name, node }) => {
      const pod = summaryOf(t, node ?? '').pods.find(({ podRef }) => podRef.name === name);
      return [name, [(pod?.cpu.usageCoreNanoSeconds ?? -1) / 1000, t.now]];
    }),
  );
}

/** Thousandths of a core that each of an app's pods takes on average in so many seconds. */
function milliCpuOf(t: Story, app: string, seconds: number): number[] {
  const before = cpuOf(t, app);
  t.run(seconds * SECOND);
  return [...cpuOf(t, app)].map(([name, [used, at]]) => {
    const [usedBefore, readBefore] = before.get(name) ?? [0, 0];
    return Math.round((1000 * (used - usedBefore)) / (at - readBefore));
  });
}

const traffic = (t: Story, name: string, requestsPerSecond: number, kind: 'Service' | 'Deployment' = 'Service'): void =>
  t.act({ type: 'traffic', to: { kind, namespace: 'default', name }, requestsPerSecond });

const shell = (name: string, script: string, cpu = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  containers:
  - name: main
    image: busybox:1.36
    command: [sh, -c, '${script}']
    ${cpu}
`;

describe('what a container uses', () => {
  it('follows the requests that come to its app, shared by the ready ones', () => {
    const t = bootedStory({ recorded: false });
    t.apply(manifests(deployment('web', { replicas: 2, image: 'registry.k8s.io/hpa-example' }), service('web')));
    t.until('both are ready', () => t.readyPodsOf('web').length === 2, MINUTE);
    expect(milliCpuOf(t, 'web', 10)).toEqual([1, 1]);

    traffic(t, 'web', 20);
    t.run(5 * SECOND);
    // 10 requests a second of 20 ms each, and 1 at rest.
    expect(milliCpuOf(t, 'web', 10)).toEqual([201, 201]);
    expect(
      summaryOf(t, t.podsOf('web')[0]?.node ?? '').pods.find(({ podRef }) => podRef.name.startsWith('web-')),
    ).toMatchObject({
      cpu: { usageNanoCores: 201_000_000 },
      memory: { workingSetBytes: 12 * 1_048_576 + 10 * 262_144 },
    });

    t.scale('web', 4);
    t.until('four are ready', () => t.readyPodsOf('web').length === 4, MINUTE);
    t.run(5 * SECOND);
    expect(milliCpuOf(t, 'web', 10)).toEqual([101, 101, 101, 101]);

    traffic(t, 'web', 0);
    t.run(SECOND);
    expect(milliCpuOf(t, 'web', 10)).toEqual([1, 1, 1, 1]);
  });

  it('ends at the limit of its CPU, which may be changed while it runs', () => {
    const t = bootedStory({ recorded: false });
    t.apply(
      deployment('web', { replicas: 1, image: 'registry.k8s.io/hpa-example' }).replace(
        'cpu: 100m, memory: 64Mi}',
        'cpu: 100m}, limits: {cpu: 500m}',
      ),
    );
    t.until('it is ready', () => t.readyPodsOf('web').length === 1, MINUTE);
    traffic(t, 'web', 100, 'Deployment');
    t.run(5 * SECOND);
    expect(milliCpuOf(t, 'web', 10)).toEqual([500]);

    const [pod] = t.podsOf('web');
    const body = { spec: { containers: [{ name: 'server', resources: { limits: { cpu: '800m' } } }] } };
    const path = `/api/v1/namespaces/default/pods/${pod?.name ?? ''}/resize`;
    expect(t.request('PATCH', path, { body, contentType: 'application/strategic-merge-patch+json' })).toMatchObject({
      code: 200,
    });
    t.run(5 * SECOND);
    expect(milliCpuOf(t, 'web', 10)).toEqual([800]);
  });

  it('is its share by requests of a machine that has not enough for all', () => {
    const t = bootedStory({ recorded: false, nodes: 1, zones: 1, nodeMilliCpu: 1200 });
    t.apply(
      manifests(
        deployment('big', { replicas: 1, cpu: '300m', image: 'registry.k8s.io/hpa-example' }),
        deployment('small', { replicas: 1, cpu: '100m', image: 'registry.k8s.io/hpa-example' }),
      ),
    );
    t.until('both are ready', () => t.readyPodsOf('big').length + t.readyPodsOf('small').length === 2, MINUTE);
    for (const name of ['big', 'small']) traffic(t, name, 100, 'Deployment');
    t.run(5 * SECOND);
    const [big = 0, small = 0] = [milliCpuOf(t, 'big', 10)[0], milliCpuOf(t, 'small', 10)[0]];
    expect(big + small).toBe(1200);
    expect(big / small).toBeCloseTo(3, 1);
  });

  it.each([
    ['while true; do true; done', '', 1000],
    ['while true; do true; done', 'resources: {limits: {cpu: 250m}}', 250],
    ['sleep 3600', '', 0],
  ])('of a shell that runs %j %s: %i m', (script, resources, milliCpu) => {
    const t = bootedStory({ recorded: false, nodes: 1, zones: 1 });
    t.apply(shell('loop', script, resources));
    t.until('it runs', () => t.readyPodsOf('loop').length === 1, MINUTE);
    const [used = -1] = milliCpuOf(t, 'loop', 2);
    expect(used).toBe(milliCpu);
  });

  it('of a container that runs stress is what its arguments say', () => {
    const t = bootedStory({ recorded: false, nodes: 1, zones: 1 });
    const image =
      'image: polinux/stress\n    args: ["--vm", "1", "--vm-bytes", "150M", "--vm-hang", "1", "--cpu", "2"]';
    const limits = 'resources: {limits: {cpu: 1500m}}';
    t.apply(
      shell('busy', '', limits)
        .replace(/image: .*\n.*\n/, `${image.replace('args: [', 'args: ["stress", ')}\n`)
        .replace('args', 'command'),
    );
    t.until('it runs', () => t.readyPodsOf('busy').length === 1, MINUTE);
    expect(milliCpuOf(t, 'busy', 5)[0]).toBeCloseTo(1500, -1);
    const [pod] = summaryOf(t, 'node-1').pods.filter(({ podRef }) => podRef.name === 'busy');
    expect(pod?.memory.workingSetBytes).toBe(151 * 1_048_576);
  });

  it('of a node is that of all that runs there, also of what has ended', () => {
    const t = bootedStory({ recorded: false, nodes: 1, zones: 1 });
    t.apply(shell('loop', 'while true; do true; done'));
    t.until('it runs', () => t.readyPodsOf('loop').length === 1, MINUTE);
    const idle = summaryOf(t, 'node-1').node;
    t.run(4 * SECOND);
    t.request('DELETE', '/api/v1/namespaces/default/pods/loop', { query: { gracePeriodSeconds: '0' } });
    t.run(10 * SECOND);
    const after = summaryOf(t, 'node-1');
    expect(after.pods.map(({ podRef }) => podRef.name)).not.toContain('loop');
    expect(after.node.cpu.usageCoreNanoSeconds - idle.cpu.usageCoreNanoSeconds).toBeGreaterThan(4_000_000_000);
  });

  it('is told in the text form of Prometheus, too', () => {
    const t = bootedStory({ recorded: false, nodes: 1, zones: 1 });
    t.apply(deployment('web', { replicas: 1 }));
    t.until('it is ready', () => t.readyPodsOf('web').length === 1, MINUTE);
    const [pod] = t.podsOf('web');
    const text = of(t, 'node-1', 'metrics/resource');
    const lines = text.split('\n').filter((line) => !line.startsWith('#') && line.includes('web-'));
    expect(
      lines.map((line) => line.replace(/ [0-9.]+(e[+-][0-9]+)?( [0-9]+)?$/, ' N').replaceAll(pod?.name ?? '', 'POD')),
    ).toEqual([
      'container_cpu_usage_seconds_total{container="server",namespace="default",pod="POD"} N',
      'container_memory_working_set_bytes{container="server",namespace="default",pod="POD"} N',
      'container_start_time_seconds{container="server",namespace="default",pod="POD"} N',
      'pod_cpu_usage_seconds_total{namespace="default",pod="POD"} N',
      'pod_memory_working_set_bytes{namespace="default",pod="POD"} N',
    ]);
    expect(text).toContain(
      'container_memory_working_set_bytes{container="server",namespace="default",pod="' +
        pod?.name +
        '"} 8.388608e+06 ',
    );
    expect(text).toMatch(
      /# TYPE node_memory_working_set_bytes gauge\nnode_memory_working_set_bytes 3\.[0-9]+e\+08 [0-9]+\n/,
    );
    expect(text).toMatch(/resource_scrape_error 0\n$/);
  });
});
