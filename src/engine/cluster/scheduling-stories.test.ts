/** What a person sees of the scheduler, told whole: each story as a golden transcript. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, type Story } from './testing';

const schedulerConfiguration = {
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
  profiles: [
    { schedulerName: 'default-scheduler' },
    {
      schedulerName: 'bin-packing',
      plugins: { score: { disabled: [{ name: 'NodeResourcesBalancedAllocation' }] } },
      pluginConfig: [
        { name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } },
        { name: 'PodTopologySpread', args: { defaultingType: 'List', defaultConstraints: [] } },
      ],
    },
  ],
};

const priority = (name: string, value: number, preemptionPolicy = 'PreemptLowerPriority'): string =>
  `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: ${name}}
value: ${value}
preemptionPolicy: ${preemptionPolicy}
`;

const budget = (app: string): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${app}}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: ${app}}}
`;

const ofClass = (name: string): string => `      priorityClassName: ${name}\n`;
const isUnschedulable = (t: Story, app: string): boolean =>
  t.eventsOf('Pod', 'FailedScheduling').some(({ regarding }) => regarding.name.startsWith(app));

describe('the scheduler', () => {
  it('preempts the pod that no budget protects, although it is the more important one', async () => {
    const t = bootedStory({ nodes: 2, zones: 1, nodeMilliCpu: 2_000 });
    t.apply(
      manifests(
        // So that what replaces the victim waits.
        priority('middle', 100, 'Never'),
        priority('urgent', 1_000),
        budget('guarded'),
        deployment('guarded', { replicas: 1, cpu: '1500m' }),
        deployment('plain', { replicas: 1, cpu: '1500m', pod: ofClass('middle') }),
      ),
    );
    t.until('both run', () => t.readyPodsOf('guarded').length + t.readyPodsOf('plain').length === 2, MINUTE);
    t.run(5 * SECOND);
    const before = t.podsOf('guarded').map(({ name, node }) => `${name} ${node}`);
    t.forget();
    t.apply(deployment('urgent', { replicas: 1, cpu: '1', pod: ofClass('urgent') }));
    t.until('it runs', () => t.readyPodsOf('urgent').length === 1, 2 * MINUTE);
    t.run(10 * SECOND);
    expect(t.podsOf('guarded').map(({ name, node }) => `${name} ${node}`)).toEqual(before);
    expect(t.eventsOf('Pod', 'Preempted').map(({ regarding }) => regarding.name.replace(/-.*/, ''))).toEqual(['plain']);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/preemption-with-budget.txt');
  });

  it('keeps pods of a spread app waiting while one zone is full', async () => {
    const t = bootedStory({ nodes: 4, zones: 2, nodeMilliCpu: 2_000 });
    const inZone = '      nodeSelector: {topology.kubernetes.io/zone: zone-b}\n';
    t.apply(deployment('filler', { replicas: 2, cpu: '1900m', pod: inZone }));
    t.until('zone-b is full', () => t.readyPodsOf('filler').length === 2, MINUTE);
    t.forget();
    const spread =
      '      topologySpreadConstraints:\n' +
      '      - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: spread}}}\n';
    t.apply(deployment('spread', { replicas: 4, cpu: '200m', pod: spread }));
    t.until('one is told to wait', () => isUnschedulable(t, 'spread'), MINUTE);
    t.run(20 * SECOND);
    expect(t.readyPodsOf('spread')).toHaveLength(1);
    t.scale('filler', 0);
    t.until('all run', () => t.readyPodsOf('spread').length === 4, 2 * MINUTE);
    const zones = t.readyPodsOf('spread').map(({ node }) => t.machine(node ?? '').zone);
    expect(zones.toSorted()).toEqual(['zone-a', 'zone-a', 'zone-b', 'zone-b']);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/spread-with-full-zone.txt');
  });

  it('keeps a pod that shuns its like waiting until there is one node more', async () => {
    const t = bootedStory({ nodes: 3, zones: 1 });
    const apart =
      '      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: apart}}}]}}\n';
    t.apply(deployment('apart', { replicas: 4, pod: apart }));
    t.until('three run', () => t.readyPodsOf('apart').length === 3, MINUTE);
    t.run(15 * SECOND);
    expect(t.readyPodsOf('apart')).toHaveLength(3);
    t.act({ type: 'add-machine' });
    t.until('all run', () => t.readyPodsOf('apart').length === 4, 3 * MINUTE);
    expect(new Set(t.readyPodsOf('apart').map(({ node }) => node)).size).toBe(4);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/anti-affinity-too-few-nodes.txt');
  });

  it('lets a pod go when its gate is removed', async () => {
    const t = bootedStory({ nodes: 1, zones: 1 });
    t.apply(`apiVersion: v1
kind: Pod
metadata: {name: gated}
spec:
  schedulingGates: [{name: example.com/approval}]
  containers: [{name: main, image: "nginx:1.27"}]
`);
    t.run(10 * SECOND);
    expect(t.pod('gated')).toMatchObject({ status: 'SchedulingGated', node: null });
    t.request('PATCH', '/api/v1/namespaces/default/pods/gated', {
      contentType: 'application/merge-patch+json',
      body: { spec: { schedulingGates: null } },
    });
    t.until('it runs', () => t.pod('gated')?.ready === true, MINUTE);
    const { reasons } = t.engine.why({ kind: 'Pod', namespace: 'default', name: 'gated' });
    expect(reasons.map(({ attempt }) => attempt).find((attempt) => attempt !== undefined)).toMatchObject({
      pod: { name: 'gated' },
      outcome: 'scheduled',
      node: 'node-1',
      rejected: [{ plugin: 'TaintToleration', nodes: ['control-plane-1'] }],
    });
    const scheduler = { kind: 'Process', namespace: '', name: 'control-plane-1/kube-scheduler' };
    const [last] = t.engine.why(scheduler).reasons;
    expect(last?.attempt).toMatchObject({ pod: { name: 'gated' }, outcome: 'scheduled' });
    expect(t.engine.why({ ...scheduler, name: 'node-1/nobody' }).reasons).toEqual([]);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/gate-removed.txt');
  });

  it('packs pods on few nodes by one profile, and spreads the same pods by the other', async () => {
    const t = bootedStory({ schedulerConfiguration });
    const byProfile = (app: string, profile: string): string =>
      deployment(app, { replicas: 6, cpu: '200m', memory: '128Mi', pod: `      schedulerName: ${profile}\n` });
    t.apply(manifests(byProfile('spread', 'default-scheduler'), byProfile('packed', 'bin-packing')));
    t.until('both run', () => t.readyPodsOf('spread').length + t.readyPodsOf('packed').length === 12, 2 * MINUTE);
    const counts = (app: string): string => {
      const byNode = new Map<string, number>();
      for (const { node } of t.podsOf(app)) byNode.set(node ?? '', (byNode.get(node ?? '') ?? 0) + 1);
      const all = [...byNode].sort(([a], [b]) => (a < b ? -1 : 1));
      return `${app}: ${all.length} nodes (${all.map(([node, count]) => `${node} ${count}`).join(', ')})`;
    };
    const compared = [counts('spread'), counts('packed')];
    expect(compared.map((line) => / (\d) nodes/.exec(line)?.[1])).toEqual(['4', '1']);
    await expect(`${compared.join('\n')}\n\n${t.transcript}`).toMatchFileSnapshot('transcripts/bin-packing.txt');
  });

  it('goes by what its configuration says after it was edited, for pods that come then', async () => {
    const t = bootedStory({ nodes: 3, zones: 1 });
    const packed = deployment('packed', { replicas: 3, cpu: '200m', pod: '      schedulerName: bin-packing\n' });
    t.apply(packed);
    t.run(10 * SECOND);
    expect(t.podsOf('packed').every(({ node }) => node === null)).toBe(true);
    t.act({ type: 'configure-scheduler', configuration: schedulerConfiguration });
    t.until('they run', () => t.readyPodsOf('packed').length === 3, 2 * MINUTE);
    expect(new Set(t.readyPodsOf('packed').map(({ node }) => node)).size).toBe(1);

    // The manifest names the file by now: another edit ends the process, and the kubelet starts it again.
    const [, { schedulerName, ...other }] = schedulerConfiguration.profiles as [object, { schedulerName: string }];
    t.act({
      type: 'configure-scheduler',
      configuration: { ...schedulerConfiguration, profiles: [{ schedulerName: `${schedulerName}-2`, ...other }] },
    });
    t.apply(packed.replaceAll('bin-packing', 'bin-packing-2').replaceAll('packed', 'again'));
    t.until('they run', () => t.readyPodsOf('again').length === 3, 2 * MINUTE);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/scheduler-configured.txt');
  });
});
