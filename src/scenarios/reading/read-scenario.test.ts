import { describe, expect, it } from 'vitest';
import { filesOf, type Scenario } from '../scenario';
import { parseScenario } from './read-scenario';
import { formatProblem } from './yaml-source';

const scenarioOf = (steps: string, cluster = ''): string =>
  `apiVersion: kubarium.dev/v1\nkind: Scenario\nspec:\n${cluster === '' ? '' : `  cluster: ${cluster}\n`}  steps:\n${steps}`;

function read(text: string): Scenario {
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => formatProblem(problem, 'demo.yaml')).join('\n'));
  return parsed.scenario;
}

function problemsOf(text: string): string[] {
  const parsed = parseScenario(text);
  return parsed.ok ? [] : parsed.problems.map((problem) => formatProblem(problem, 'demo.yaml'));
}

const step = (yaml: string): Scenario['steps'][number] | undefined => read(scenarioOf(`    - ${yaml}\n`)).steps[0];

describe('a scenario file', () => {
  it('has a name, a seed, a cluster and steps', () => {
    const scenario = read(`apiVersion: kubarium.dev/v1
kind: Scenario
metadata:
  name: storm
spec:
  seed: 7
  cluster: { nodes: 6, zones: 3, nodeCpu: 1500m, nodeMemory: 2Gi, nodePods: 20 }
  steps:
    - wait: 10m
`);
    expect(scenario).toMatchObject({
      name: 'storm',
      seed: 7,
      cluster: { nodes: 6, zones: 3, controlPlanes: 1, nodeMilliCpu: 1500, nodeMemory: 2 * 1024 ** 3, nodePods: 20 },
      steps: [{ type: 'wait', duration: 600_000_000, name: 'wait 10m' }],
    });
  });

  it('may be JSON', () => {
    const json = { apiVersion: 'kubarium.dev/v1', kind: 'Scenario', spec: { steps: [{ wait: '1s' }] } };
    expect(read(JSON.stringify(json)).steps).toHaveLength(1);
  });

  it('takes what it does not say from the default cluster', () => {
    expect(read(scenarioOf('    - wait: 1s\n')).cluster).toMatchObject({
      nodes: 4,
      zones: 2,
      nodeMilliCpu: 4000,
      nodePods: 110,
    });
  });

  it.each([
    [
      'apply: web.yaml',
      { type: 'apply', manifest: { type: 'file', path: 'web.yaml', line: 5 }, namespace: 'default', fails: null },
    ],
    ['{ apply: web.yaml, namespace: shop, fails: true }', { namespace: 'shop', fails: '*' }],
    ['delete: { kind: Pod }', { type: 'delete', manifest: { type: 'text', text: '{"kind":"Pod"}\n' } }],
    ['apply: [{ a: 1 }, { b: 0755 }]', { manifest: { type: 'text', text: '{"a":1}\n---\n{"b":493}\n' } }],
    [
      'fault: { type: power-off, machine: node-1 }',
      { type: 'fault', id: 'fault-1', fault: { type: 'power-off', machine: 'node-1' } },
    ],
    [
      'fault: { type: latency, machine: node-1, add: 50ms }',
      { fault: { type: 'latency', machine: 'node-1', add: 50_000 } },
    ],
    ['fault: { type: clock-skew, machine: node-1, by: -3s, id: skew }', { id: 'skew', fault: { by: -3_000_000 } }],
    ['fault: { type: power-on, machine: node-1 }', { type: 'power-on', machine: 'node-1' }],
    ['powerOn: node-1', { type: 'power-on', machine: 'node-1' }],
    ['addMachine: true', { type: 'add-machine', zone: null, role: 'worker' }],
    ['addMachine: { role: control-plane }', { type: 'add-machine', zone: null, role: 'control-plane' }],
    ['addMachine: { zone: zone-b }', { type: 'add-machine', zone: 'zone-b' }],
    ['removeMachine: node-4', { type: 'remove-machine', machine: 'node-4' }],
    [
      'configureScheduler: { apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfiguration }',
      { type: 'configure-scheduler', configuration: { kind: 'KubeSchedulerConfiguration' } },
    ],
    ['request: { path: /version }', { type: 'request', request: { method: 'GET', path: '/version' } }],
    ['wait: { for: nodes condition=Ready, within: 5m }', { type: 'wait-for', within: 300_000_000 }],
    [
      '{ expect: pod/a delete, name: it is gone }',
      { type: 'expect', name: 'it is gone', conditions: [{ gone: true }] },
    ],
  ])('step %s', (yaml, expected) => expect(step(yaml)).toMatchObject(expected));

  it('keeps a manifest that is written as a text with several documents', () => {
    const { steps } = read(scenarioOf('    - apply: |\n        kind: A\n        ---\n        kind: B\n'));
    expect(steps[0]).toMatchObject({ manifest: { type: 'text', text: 'kind: A\n---\nkind: B\n' } });
  });

  it('names each file that it needs once', () => {
    const scenario = read(scenarioOf('    - apply: a.yaml\n    - delete: a.yaml\n    - apply: sub/b.yaml\n'));
    expect(filesOf(scenario).map(({ path }) => path)).toEqual(['a.yaml', 'sub/b.yaml']);
  });

  it('reads anchors, aliases and merges', () => {
    const { steps } = read(scenarioOf('    - apply: &web { kind: A, x: 1 }\n    - apply: { <<: *web, x: 2 }\n'));
    expect(steps[1]).toMatchObject({ manifest: { text: '{"kind":"A","x":2}\n' } });
  });
});

describe('a mistake in a scenario file', () => {
  const inStep = (yaml: string): string[] => problemsOf(scenarioOf(`    - ${yaml}\n`));

  it.each([
    ['', 'demo.yaml:1:1: the file is empty'],
    ['[', 'demo.yaml:1:2: '],
    ['a: 1\na: 2', 'demo.yaml:2:1: Map keys must be unique'],
    ['just text', 'demo.yaml:1:1: must be a map, is the string "just text"'],
    [
      'kind: Scenario\nspec: { steps: [{ wait: 1s }] }',
      'demo.yaml:1:1: apiVersion: is missing; it must be kubarium.dev/v1',
    ],
    [
      'apiVersion: v1\nkind: Pod\nspec: { steps: [{ wait: 1s }] }',
      'demo.yaml:1:1: apiVersion: must be kubarium.dev/v1, is the string "v1"',
    ],
    ['apiVersion: kubarium.dev/v1\nkind: Scenario', 'demo.yaml:1:1: has no spec'],
    ['apiVersion: kubarium.dev/v1\nkind: Scenario\nspec: {}', 'demo.yaml:3:1: spec: has no steps'],
    [
      'apiVersion: kubarium.dev/v1\nkind: Scenario\nspec: { steps: [] }',
      'demo.yaml:3:9: spec.steps: must not be an empty list',
    ],
    [
      'apiVersion: kubarium.dev/v1\nkind: Scenario\nspec: { steps: {} }',
      'demo.yaml:3:9: spec.steps: must be a list, is a map',
    ],
    [
      'apiVersion: kubarium.dev/v1\nkind: Scenario\nspec: { stepz: [] }',
      'demo.yaml:3:9: spec.stepz: unknown field "stepz" (did you mean "steps"?)',
    ],
    ['a: 1\n---\nb: 1', 'demo.yaml:2:1: a second document; a scenario file holds one'],
  ])('in the document %j', (text, problem) =>
    expect(problemsOf(text)).toContainEqual(expect.stringContaining(problem)),
  );

  it.each([
    ['{ nodes: 0 }', 'spec.cluster.nodes: must be from 1 to 5000, is 0'],
    ['{ nodes: three }', 'spec.cluster.nodes: must be a whole number, is the string "three"'],
    ['{ controlPlanes: 8 }', 'spec.cluster.controlPlanes: must be from 1 to 7, is 8'],
    ['{ etcdBackup: { full: 0s } }', 'spec.cluster.etcdBackup.full: must be at least 1s'],
    ['{ etcdBackup: { daily: 1h } }', 'spec.cluster.etcdBackup.daily: unknown field "daily"'],
    ['{ nodeGroups: [{ name: a, min: 2, max: 1 }] }', 'spec.cluster.nodeGroups[0].max: must be from 2 to 1000, is 1'],
    [
      '{ nodeGroups: [{ name: a, max: 1 }, { name: a, max: 2 }] }',
      'spec.cluster.nodeGroups: must have names of their own',
    ],
    ['{ nodeGroups: [{ name: A b, max: 1 }] }', 'spec.cluster.nodeGroups[0].name: "A b" must be of lower case'],
    ['{ nodeMemory: lots }', 'spec.cluster.nodeMemory: "lots" is no quantity'],
    ['{ nodeCpu: -1 }', 'spec.cluster.nodeCpu: -1 is out of bounds'],
    ['{ workers: 3 }', 'spec.cluster.workers: unknown field "workers"'],
    ['5', 'spec.cluster: must be a map, is the number 5'],
    [
      '{ auditPolicy: { apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{}] } }',
      'spec.cluster.auditPolicy: rules[0].level: Required value',
    ],
  ])('in the cluster %s', (cluster, problem) =>
    expect(problemsOf(scenarioOf('    - wait: 1s\n', cluster))).toEqual([expect.stringContaining(problem)]),
  );

  it.each([
    ['{}', 'spec.steps[0]: does nothing: it needs one of apply, delete,'],
    ['{ aply: a.yaml }', 'unknown field "aply" (did you mean "apply"?)'],
    ['wait 10m', 'must be a map with one of apply'],
    ['{ apply: a.yaml, wait: 1s }', 'does 2 things (apply, wait); make a step of each'],
    ['wait: 10', 'spec.steps[0].wait: a duration needs a unit: 10s or 10m?'],
    ['wait: soon', '"soon" is no duration; write 90s, 10m or 1h5m'],
    ['wait: -5s', 'must not be below zero'],
    ['wait: { within: 5s }', 'says not what to wait for'],
    ['apply: []', 'must not be an empty list'],
    [
      'apply: [a.yaml]',
      'spec.steps[0].apply[0]: must be a path, an object or a list of objects, is the string "a.yaml"',
    ],
    ['apply:', 'must be a path, an object or a list of objects, is empty'],
    ['apply: 5', 'is the number 5'],
    ['fault: power-off', 'must be a map with a type'],
    ['fault: { machine: node-1 }', 'has no type'],
    ['fault: { type: powr-off, machine: node-1 }', '"powr-off" is none of power-off, reboot'],
    ['fault: { type: power-off }', 'a power-off needs "machine"'],
    ['fault: { type: power-off, machine: node-1, process: x }', 'unknown field "process"'],
    ['fault: { type: kill-process, process: kubelet }', 'is no process; write MACHINE/NAME'],
    ['fault: { type: packet-loss, machine: node-1, rate: 2 }', 'must be a number from 0 to 1'],
    ['fault: { type: partition, from: node-1, to: [node-2] }', 'must be a list'],
    ['heal: storm', 'no step before this one begins a fault "storm"'],
    ['addMachine: 3', 'must be a map'],
    ['request: { path: version }', 'must begin with a slash'],
    ['request: { method: LOOK, path: /version }', '"LOOK" is none of GET'],
    ['{ wait: 1s, fails: true }', 'only apply, delete, request, etcdctl, kubectl can be expected to fail'],
    ['{ wait: 1s, namespace: shop }', 'a step with wait has no namespace'],
    ['expect: 5', 'is no condition: write'],
    ['expect: []', 'must not be an empty list'],
    ['expect: { kind: Pood }', 'the cluster has no kind "Pood" (did you mean "Pod"?)'],
    ['expect: { kind: Node, namespace: default }', 'a Node has no namespace'],
    ['expect: { kind: Pod, count: -1 }', 'must be from 0'],
    ['expect: { kind: Pod, count: {} }', 'needs min or max'],
    ['expect: { kind: Pod, where: [] }', 'must be a map from paths to values'],
    ['expect: { kind: Pod, where: { a..b: 1 } }', 'an empty name in the path'],
    ['expect: { kind: Pod, where: { a: { min: lots } } }', 'must be a number or a quantity'],
    ['expect: { kind: Pod, where: { a: { like: x } } }', 'unknown field "like"'],
    ['expect: { kind: Pod, gone: true, count: 1 }', 'what is gone has neither count nor each'],
    ['expect: { kind: Pod, selector: "a in" }', "found '' expected: '('"],
    ['expect: { kind: Pod, selector: { matchExpressions: 5 } }', 'must be like app=web,tier!=db'],
    ['expect: { kind: Pod, selector: { matchExpressions: [{ key: a, operator: Is }] } }', 'none of In, NotIn'],
    ['expect: { event: {} }', 'says nothing; give at least a reason'],
    ['expect: { event: { regarding: web } }', '"web" is not like Pod/web-*'],
    ['expect: { machine: node-1, power: dim }', '"dim" is none of on, booting, off'],
    ['expect: { machine: node-1, processes: { kubelet: sleepy } }', '"sleepy" is none of running, paused, down'],
    ['expect: depl/web condition=Available', 'the server doesn\'t have a resource type "depl"'],
    ['expect: deployment/web', 'says not what to wait for'],
    ['expect: deployment/web contition=Available', 'is none of condition=NAME'],
    ['expect: deployment/web condition=A b', '"b" is one word too many'],
    ['expect: pods --lable x condition=Ready', 'unknown flag --lable'],
    ['expect: pod/a -l app=web condition=Ready', 'names an object and selects by label'],
    ['expect: pod/a jsonpath=status', 'is not like jsonpath={.status.phase}=Running'],
  ])('in the step %s', (yaml, problem) => expect(inStep(yaml)).toContainEqual(expect.stringContaining(problem)));

  it('is told together with all others, each with its line', () => {
    expect(
      problemsOf(scenarioOf('    - wait: soon\n    - wait: 1s\n    - name: x\n      expect:\n        kind: Pood\n')),
    ).toEqual([
      'demo.yaml:5:7: spec.steps[0].wait: "soon" is no duration; write 90s, 10m or 1h5m',
      'demo.yaml:9:9: spec.steps[2].expect.kind: the cluster has no kind "Pood" (did you mean "Pod"?)',
    ]);
  });

  it('an alias bomb is refused', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let level = 1; level < 8; level++) {
      const last = String.fromCharCode(96 + level);
      lines.push(
        `${String.fromCharCode(97 + level)}: &${String.fromCharCode(97 + level)} [${Array.from({ length: 10 }, () => `*${last}`).join(',')}]`,
      );
    }
    expect(problemsOf(lines.join('\n'))).toEqual([expect.stringContaining('Excessive alias count')]);
  });

  it('a file of many megabytes is refused unread', () => {
    expect(problemsOf(`a: ${'x'.repeat(5_000_000)}`)).toEqual(['demo.yaml:1:1: the file is longer than 4 MiB']);
  });
});
