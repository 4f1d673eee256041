import { beforeAll, describe, expect, it } from 'vitest';
import { newEngine } from '#engine/cluster/engine';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { carryOut, waitForNodes } from '../carry-out';
import { parseScenario } from '../reading/read-scenario';
import { World } from '../world';
import type { Condition } from './condition';
import { describeFailure, evaluate } from './evaluate';

/** Conditions written as a scenario file has them. */
function conditionsOf(written: string): readonly Condition[] {
  const yaml = written.startsWith('{') ? written : JSON.stringify(written);
  const parsed = parseScenario(
    `{ apiVersion: kubarium.dev/v1, kind: Scenario, spec: { steps: [{ expect: ${yaml} }] } }`,
  );
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  const [step] = parsed.scenario.steps;
  return step?.type === 'expect' ? step.conditions : [];
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, tier: front } }
    spec:
      containers:
        - { name: nginx, image: "nginx:1.27", resources: { requests: { cpu: 100m, memory: 64Mi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: stuck }
spec:
  replicas: 1
  selector: { matchLabels: { app: stuck } }
  template:
    metadata: { labels: { app: stuck } }
    spec: { containers: [{ name: whale, image: "nginx:1.27", resources: { requests: { cpu: "64" } } }] }
`;

describe('a condition', () => {
  let world: World;

  beforeAll(() => {
    world = new World(newEngine({ seed: 1, cluster: { ...DEFAULT_CLUSTER, nodes: 2, zones: 1 } }));
    waitForNodes(3, 300_000_000, world);
    const step = {
      type: 'apply',
      manifest: { type: 'text', text: deployment },
      namespace: 'default',
      fails: null,
      name: '',
    } as const;
    carryOut(step, 'apply', new Map(), world);
    world.advance(60_000_000);
    world.act({ type: 'fault', id: 'f', fault: { type: 'pause-process', process: 'node-2/kubelet' } });
  });

  it.each([
    'deployment/web condition=Available',
    'deploy/web --for=condition=available=true',
    'deployment.apps/web jsonpath={.status.readyReplicas}=2',
    `pod -l app=web jsonpath='{.status.conditions[?(@.type=="Ready")].status}'=True`,
    'pods -l app=web condition=Ready',
    'pod/no-such delete',
    'nodes condition=Ready',
    'deployment/web create',
    '{ kind: Pod, selector: app=web, count: 2 }',
    '{ kind: pods, selector: { matchLabels: { tier: front } }, count: { min: 1, max: 5 } }',
    '{ kind: Pod, name: "web-*", each: { status.phase: Running, "spec.containers[0].image": { matches: "nginx:*" } } }',
    '{ kind: Pod, where: { status.phase: Pending }, count: 1 }',
    '{ kind: Pod, where: { spec.nodeName: null }, count: 1 }',
    '{ kind: Pod, where: { status.phase: { in: [Running, Pending] } }, count: 3 }',
    '{ kind: Pod, where: { status.phase: { not: Running } }, count: 1 }',
    '{ kind: Pod, selector: app=web, each: { "spec.containers[0].resources.requests.memory": { min: 32Mi, max: 0.1Gi } } }',
    '{ kind: Node, where: { "metadata.labels[\'topology.kubernetes.io/zone\']": zone-a }, count: 3 }',
    '{ kind: Pod, selector: app=none, gone: true }',
    '{ kind: Pod, selector: app=none, count: 0 }',
    '{ kind: Namespace, name: kube-system }',
    '{ kind: Lease, namespace: "*", count: { min: 3 } }',
    '{ event: { reason: FailedScheduling, type: Warning, regarding: Pod/stuck-*, message: Insufficient cpu } }',
    '{ event: { reason: Scheduled, regarding: pod/web-* }, count: 2 }',
    '{ event: { reason: NodeNotReady }, count: 0 }',
    '{ machine: node-1, power: on, ready: true, zone: zone-a, processes: { kubelet: running } }',
    '{ machine: node-2, processes: { kubelet: paused } }',
    '{ machine: node-9, gone: true }',
    '{ machine: laptop }',
  ])('holds: %s', (yaml) => {
    for (const condition of conditionsOf(yaml)) {
      const { met, seen } = evaluate(condition, world);
      expect({ met, why: met ? '' : describeFailure(condition, seen) }).toEqual({ met: true, why: '' });
    }
  });

  it.each([
    ['deployment/web condition=Progressing=False', 'not so: web: condition Progressing is "True", expected "False"'],
    ['deployment/none condition=Available', 'seen: no Deployment none in namespace default'],
    ['pods -l app=none condition=Ready', 'seen: no Pod in namespace default with labels app=none'],
    ['{ kind: Pod, selector: app=web, count: 3 }', 'expected 3 Pod with labels app=web; seen: 2 Pod (web-'],
    [
      '{ kind: Deployment, name: web, where: { status.readyReplicas: 5 } }',
      'web: status.readyReplicas is 2, expected 5',
    ],
    [
      '{ kind: Deployment, name: web, where: { spec.paused: { exists: true } } }',
      'spec.paused is absent, expected present',
    ],
    ['{ kind: Deployment, name: web, gone: true }', 'expected Deployment web gone; seen: still there: web'],
    ['{ kind: Pod, each: { status.phase: Running } }', '1 of 3 not so: stuck-'],
    ['{ event: { reason: Scheduled }, count: 7 }', '2 such Events, expected 7: Scheduled Pod/web-'],
    ['{ event: { reason: Nonsense } }', 'seen: no such Event'],
    ['{ event: { reason: Nonsense, regarding: Pod/stuck-* } }', 'no such Event, but FailedScheduling Pod/stuck-'],
    [
      '{ machine: node-1, power: off }',
      'expected machine node-1 with {"power":"off"}; seen: power is on, expected off',
    ],
    ['{ machine: node-1, ready: false }', "its node's Ready condition is True"],
    ['{ machine: node-1, sandboxes: 50 }', 'pods really are on it, expected 50'],
    ['{ machine: node-9, power: on }', 'no machine node-9'],
    ['{ machine: node-1, processes: { etcd: running } }', 'process etcd is absent, expected running'],
  ])('fails and says what was seen: %s', (yaml, message) => {
    const [condition] = conditionsOf(yaml);
    const { met, seen } = evaluate(condition!, world);
    expect(met).toBe(false);
    expect(describeFailure(condition!, seen)).toContain(message);
  });
});
