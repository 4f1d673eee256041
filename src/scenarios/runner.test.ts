import { describe, expect, it } from 'vitest';
import { newEngine } from '#engine/cluster/engine';
import { parseScenario } from './reading/read-scenario';
import { type Report, runScenario } from './runner';
import { Trace } from './trace';

interface Run {
  readonly report: Report;
  readonly trace: Trace;
}

function run(steps: string, cluster = '{ nodes: 3, zones: 1 }', files: Readonly<Record<string, string>> = {}): Run {
  const text = `apiVersion: kubarium.dev/v1\nkind: Scenario\nspec:\n  cluster: ${cluster}\n  steps:\n${steps}`;
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const trace = new Trace();
  const engine = newEngine({ seed: 1, cluster: parsed.scenario.cluster });
  return {
    report: runScenario(parsed.scenario, engine, { files: new Map(Object.entries(files)), witness: trace }),
    trace,
  };
}

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: "nginx:1.27" }] }
`;

const nodeFailure = `
    - apply: web.yaml
    - wait: { for: deployment/web condition=Available, within: 60s }
    - expect: { kind: Pod, selector: app=web, count: 3, each: { status.phase: Running } }
    - fault: { type: power-off, machine: node-1, id: storm }
    - wait: { for: { event: { reason: NodeNotReady, regarding: Node/node-1 } }, within: 70s }
    - expect:
        - { machine: node-1, power: off, ready: false, processes: { kubelet: down } }
        - { kind: Node, name: node-1, where: { "spec.taints[*].key": node.kubernetes.io/unreachable } }
    - wait: 6m
    - expect: { kind: Pod, selector: app=web, where: { status.phase: Running, spec.nodeName: { not: node-1 } }, count: 3 }
    - heal: storm
    - wait: { for: node/node-1 condition=Ready, within: 2m }
    - wait: { for: { kind: Pod, selector: app=web, count: 3, each: { metadata.deletionTimestamp: null } }, within: 2m }
`;

describe('a scenario on a real cluster', () => {
  it('deploys an app, loses a machine, sees Kubernetes heal, and gets it back', () => {
    const { report } = run(nodeFailure, undefined, { 'web.yaml': web });
    expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(report).toMatchObject({ passed: true, seed: 1 });
    expect(report.steps[0]).toMatchObject({
      step: 1,
      name: 'apply web.yaml',
      output: expect.stringContaining('deployment.apps/web created'),
    });
  });

  it('gives the same report and the same trace each time', () => {
    const [first, second] = [1, 2].map(() => run(nodeFailure, undefined, { 'web.yaml': web }));
    expect(second!.report).toEqual(first!.report);
    expect(second!.trace.text).toBe(first!.trace.text);
  });

  it('keeps a trace of inputs, writes and Events in order of time', () => {
    const { trace } = run('    - apply: web.yaml\n    - wait: 30s\n', undefined, { 'web.yaml': web });
    const times = trace.entries.map(({ time }) => time);
    expect(times).toEqual(times.toSorted());
    expect(trace.entries).toContainEqual(
      expect.objectContaining({ type: 'input', action: expect.objectContaining({ type: 'apply' }) }),
    );
    expect(trace.entries).toContainEqual(
      expect.objectContaining({
        type: 'write',
        from: 'control-plane-1/kube-scheduler',
        object: expect.stringMatching(/^pods\/binding default\/web-/),
      }),
    );
    expect(trace.entries).toContainEqual(
      expect.objectContaining({ type: 'event', reason: 'Scheduled', regarding: expect.stringMatching(/^Pod\/web-/) }),
    );
  });

  it('goes on after a step that fails, and fails as a whole', () => {
    const { report } = run(
      '    - expect: pod/none condition=Ready\n    - wait: 1s\n    - wait: { for: pod/none create, within: 3s }\n',
    );
    expect(report.passed).toBe(false);
    expect(report.steps.map(({ ok }) => ok)).toEqual([false, true, false]);
    expect(report.steps[0]?.error).toBe('expected pod/none condition=Ready; seen: no Pod none in namespace default');
    expect(report.steps[2]?.error).toContain('not within 3s: expected pod/none create');
  });

  it("a refused manifest fails in the server's words, unless that is expected", () => {
    const broken =
      '{ apiVersion: v1, kind: Pod, metadata: { name: UPPER }, spec: { containers: [{ name: a, image: b }] } }';
    const { report } = run(
      `    - apply: ${broken}\n    - { apply: ${broken}, fails: a lowercase RFC 1123 subdomain }\n    - { apply: ${broken}, fails: something else }\n    - { request: { path: /api/v1/namespaces/default }, fails: true }\n`,
    );
    expect(report.steps.map(({ ok }) => ok)).toEqual([false, true, false, false]);
    expect(report.steps[0]?.error).toContain('metadata.name: Invalid value: "UPPER"');
    expect(report.steps[2]?.error).toContain('expected to fail with "something else", but: ');
    expect(report.steps[3]?.error).toBe('expected to fail, but it went well');
  });

  it('deletes what it applied, in a namespace of its own', () => {
    const { report } = run(
      `    - apply: { apiVersion: v1, kind: Namespace, metadata: { name: shop } }
    - { apply: web.yaml, namespace: shop }
    - wait: { for: deployment/web -n shop condition=Available, within: 60s }
    - { delete: web.yaml, namespace: shop }
    - wait: { for: pods -n shop delete, within: 60s }
`,
      undefined,
      { 'web.yaml': web },
    );
    expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('sends plain requests and shows their answers', () => {
    const { report } = run(
      '    - request: { path: /api/v1/nodes/node-1 }\n    - request: { path: /api/v1/nodes/none }\n',
    );
    expect(JSON.parse(report.steps[0]!.output)).toMatchObject({ kind: 'Node', metadata: { name: 'node-1' } });
    expect(report.steps[1]).toMatchObject({ ok: false, error: expect.stringContaining('nodes "none" not found') });
  });

  it('adds and removes machines', () => {
    const { report } = run(
      `    - addMachine: true
    - wait: { for: node/node-4 condition=Ready, within: 2m }
    - removeMachine: node-2
    - expect: { machine: node-2, gone: true }
    - removeMachine: control-plane-1
    - removeMachine: node-2
`,
    );
    expect(report.steps.map(({ ok }) => ok)).toEqual([true, true, true, true, false, false]);
    expect(report.steps[0]?.output).toBe('machine node-4 added in zone-a');
    expect(report.steps[4]?.error).toBe('machine control-plane-1 is the last control plane and stays');
    expect(report.steps[5]?.error).toContain('there is no machine node-2; there are control-plane-1, node-1');
  });

  it.each([
    ['fault: { type: power-off, machine: node-7 }', 'there is no machine "node-7"'],
    ['fault: { type: kill-process, process: node-1/nginx }', 'there is no process "node-1/nginx"'],
    ['fault: { type: zone-outage, zone: zone-x }', 'there is no zone "zone-x"; there are zone-a'],
    ['fault: { type: partition, from: [node-1], to: [node-8] }', 'there is no machine "node-8"'],
    ['fault: { type: disk-corrupt, machine: node-1 }', 'there is no such file of etcd on node-1'],
    ['{ etcdctl: get, fails: wrong }', 'expected to fail with "wrong"'],
    ['kubectl: get pod none', 'Error from server (NotFound): pods "none" not found'],
    ['powerOn: node-7', 'there is no machine node-7'],
  ])('%s: %s', (step, error) => {
    const { report } = run(`    - ${step}\n`);
    expect(report.steps[0]).toMatchObject({ ok: false, error: expect.stringContaining(error) });
  });

  it('types kubectl on the laptop, and knows what it printed and how it ended', () => {
    const { report } = run(`    - kubectl: create deployment web --image=nginx:1.27
    - kubectl: rollout status deployment/web
    - kubectl: get pods -l app=web -o name | wc -l
    - { kubectl: get pod none, fails: NotFound }
`);
    expect(report.steps.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    expect(report.steps[1]?.output).toMatch(/deployment "web" successfully rolled out\n$/);
    expect(report.steps[2]?.output).toBe('1\n');
  });

  it('has its API servers tell of requests when the cluster has an audit policy', () => {
    const cluster = `
    nodes: 1
    auditPolicy:
      apiVersion: audit.k8s.io/v1
      kind: Policy
      rules: [{ level: Request, resources: [{ resources: [configmaps] }], users: [kubernetes-admin] }]`;
    const { report } = run(
      '    - apply: seen.yaml\n' +
        '    - request: { path: /api/v1/namespaces/kube-system/pods/kube-apiserver-control-plane-1/log }\n',
      cluster,
      { 'seen.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: seen }\ndata: { a: b }\n' },
    );
    expect(report).toMatchObject({ passed: true });
    expect(JSON.parse(report.steps[1]?.output ?? '')).toMatch(
      /\n\{"kind":"Event","apiVersion":"audit.k8s.io\/v1","level":"Request",.*"user":\{"username":"kubernetes-admin".*"requestObject":\{.*"data":\{"a":"b"\}/,
    );
  });

  it('a fault that is over cannot be healed', () => {
    const { report } = run(
      '    - fault: { type: power-off, machine: node-1 }\n    - heal: fault-1\n    - heal: fault-1\n',
    );
    expect(report.steps.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(report.steps[2]?.error).toBe('no fault "fault-1" is in force');
  });
});
