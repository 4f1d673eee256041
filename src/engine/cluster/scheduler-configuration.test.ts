import { expect, it } from 'vitest';
import { MINUTE } from '#engine/kernel/time';
import { bootedStory } from './testing';

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

const deployment = (name: string, schedulerName: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 6
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      schedulerName: ${schedulerName}
      containers: [{name: main, image: "nginx:1.27", resources: {requests: {cpu: 200m, memory: 128Mi}}}]
`;

it('a bin-packing profile fills one node where the default one spreads, and each reports for its pods', () => {
  const t = bootedStory({ recorded: false, schedulerConfiguration });
  for (const [name, schedulerName] of [
    ['spread', 'default-scheduler'],
    ['packed', 'bin-packing'],
    ['orphaned', 'nobody'],
  ] as const) {
    expect(t.apply(deployment(name, schedulerName))).toMatchObject({ ok: true });
  }
  t.until('both run', () => t.readyPodsOf('spread').length + t.readyPodsOf('packed').length === 12, 2 * MINUTE);
  const nodes = (app: string): number => new Set(t.podsOf(app).map(({ node }) => node)).size;
  expect([nodes('spread'), nodes('packed')]).toEqual([4, 1]);
  expect(t.podsOf('orphaned').map(({ node }) => node ?? '')).toEqual(Array.from({ length: 6 }, () => ''));
  const reporters = (app: string): string[] => {
    const events = t.eventsOf('Pod', 'Scheduled').filter(({ regarding }) => regarding.name.startsWith(app));
    return [...new Set(events.map(({ component }) => component))];
  };
  expect([reporters('spread'), reporters('packed')]).toEqual([['default-scheduler'], ['bin-packing']]);
});
