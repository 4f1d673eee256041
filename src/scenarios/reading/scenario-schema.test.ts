import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScenario } from './read-scenario';
import { parseYaml } from './yaml-source';

type Schema = Readonly<Record<string, unknown>>;
const schema = JSON.parse(
  readFileSync(new URL('../../../public/scenario.schema.json', import.meta.url), 'utf8'),
) as Schema;

const parse = (text: string): unknown => {
  const yaml = parseYaml(text);
  return yaml.ok ? yaml.source.data : undefined;
};

const typeOf = (value: unknown): string[] => {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  return typeof value === 'number' && Number.isInteger(value) ? ['number', 'integer'] : [typeof value];
};

/** Whether a value is as the schema says: the part of JSON Schema that ours is written in. Other keywords throw. */
const KEYWORDS: Readonly<Record<string, (value: unknown, rule: never, schema: Schema) => boolean>> = {
  $ref: (value, path: string) =>
    isValid(value, (schema['$defs'] as Record<string, Schema>)[path.slice('#/$defs/'.length)]!),
  type: (value, types: string | string[]) => typeOf(value).some((type) => [types].flat().includes(type)),
  const: (value, wanted: unknown) => value === wanted,
  enum: (value, words: unknown[]) => words.includes(value),
  required: (value, names: string[]) => !isMap(value) || names.every((name) => name in value),
  properties: (value, properties: Record<string, Schema>) =>
    !isMap(value) || Object.entries(properties).every(([name, rule]) => !(name in value) || isValid(value[name], rule)),
  additionalProperties: (value, rule: boolean | Schema, { properties = {} }) =>
    !isMap(value) ||
    Object.keys(value)
      .filter((name) => !(name in (properties as object)))
      .every((name) => rule !== false && (rule === true || isValid(value[name], rule))),
  items: (value, rule: Schema) => !Array.isArray(value) || value.every((item) => isValid(item, rule)),
  minItems: (value, count: number) => !Array.isArray(value) || value.length >= count,
  minProperties: (value, count: number) => !isMap(value) || Object.keys(value).length >= count,
  maxProperties: (value, count: number) => !isMap(value) || Object.keys(value).length <= count,
  minLength: (value, count: number) => typeof value !== 'string' || value.length >= count,
  pattern: (value, pattern: string) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minimum: (value, bound: number) => typeof value !== 'number' || value >= bound,
  maximum: (value, bound: number) => typeof value !== 'number' || value <= bound,
  oneOf: (value, rules: Schema[]) => rules.filter((rule) => isValid(value, rule)).length === 1,
  anyOf: (value, rules: Schema[]) => rules.some((rule) => isValid(value, rule)),
  not: (value, rule: Schema) => !isValid(value, rule),
};
const ANNOTATIONS = ['$schema', '$defs', 'title', 'description', 'default', 'examples'];

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isValid(value: unknown, rules: Schema): boolean {
  return Object.entries(rules).every(([keyword, rule]) => {
    if (ANNOTATIONS.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`the test does not know the keyword ${keyword}`);
    return check(value, rule as never, rules);
  });
}

const withStep = (step: string): string =>
  `{ apiVersion: kubarium.dev/v1, kind: Scenario, spec: { steps: [{ fault: { type: reboot, machine: a, id: known } }, ${step}] } }`;

describe('the published JSON Schema', () => {
  it.each([
    '{ apply: web.yaml }',
    '{ apply: { kind: Pod }, namespace: shop, fails: true }',
    '{ delete: [{ kind: Pod }], fails: not found }',
    '{ name: storm, fault: { type: power-off, machine: node-1, id: storm } }',
    '{ fault: { type: cut-cable, machine: node-1, direction: in } }',
    '{ fault: { type: partition, from: [node-1], to: [node-2], oneWay: true } }',
    '{ fault: { type: latency, machine: node-1, add: 50ms } }',
    '{ fault: { type: packet-loss, machine: node-1, rate: 0.5 } }',
    '{ fault: { type: clock-skew, machine: node-1, by: -3s } }',
    '{ fault: { type: disk-full, machine: node-1 } }',
    '{ fault: { type: disk-slow, machine: control-plane-1, times: 2000 } }',
    '{ fault: { type: disk-corrupt, machine: control-plane-1, file: snap } }',
    '{ fault: { type: memory-pressure, machine: node-1, leaves: 64Mi } }',
    '{ fault: { type: image-registry-down } }',
    '{ fault: { type: dns-down } }',
    '{ fault: { type: rack-outage, rack: zone-a-rack-1 } }',
    '{ fault: { type: cpu-stress, machine: node-1, workers: 4 } }',
    '{ fault: { type: spot-reclaim, machine: node-1, notice: 30s } }',
    '{ fault: { type: latency, zone: zone-a, add: 50ms } }',
    '{ fault: { type: packet-loss, from: [node-1], to: [node-2, node-3], rate: 0.5 } }',
    '{ fault: { type: kill-process, pod: web-0 } }',
    '{ fault: { type: pause-process, namespace: shop, pod: web-0, container: nginx } }',
    '{ fault: { type: pause-process, process: node-1/kubelet } }',
    '{ etcdctl: snapshot save backup.db }',
    '{ etcdctl: endpoint health, fails: unhealthy }',
    '{ kubectl: get pods }',
    '{ kubectl: delete pod none, fails: NotFound }',
    '{ heal: known }',
    '{ powerOn: node-1 }',
    '{ addMachine: true }',
    '{ addMachine: { zone: zone-a } }',
    '{ addMachine: { role: control-plane } }',
    '{ traffic: { name: web, requestsPerSecond: 20 } }',
    '{ traffic: { kind: Deployment, namespace: shop, name: web, requestsPerSecond: 0 } }',
    '{ removeMachine: node-1 }',
    '{ configureScheduler: { apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfiguration, profiles: [] } }',
    '{ request: { method: POST, path: /api/v1/namespaces, body: { a: 1 }, query: { dryRun: All } } }',
    '{ wait: 1h5m }',
    '{ wait: { for: nodes condition=Ready, within: 60s } }',
    '{ expect: [pods condition=Ready, { kind: Pod, count: 3, where: { a.b: 1, c: null, d: { in: [1] }, e: { min: 1, max: 2Gi } } }] }',
    '{ expect: { event: { reason: Killing, regarding: Pod/web-* }, count: { min: 2 } } }',
    '{ expect: { machine: node-1, power: on, ready: true, sandboxes: 3, processes: { kubelet: running } } }',
    '{ expect: { kind: Pod, selector: { matchLabels: { app: web } }, gone: true } }',
  ])('takes what the parser takes: %s', (step) => {
    expect(parseScenario(withStep(step))).toMatchObject({ ok: true });
    expect(isValid(parse(withStep(step)), schema)).toBe(true);
  });

  it.each([
    '{}',
    '{ apply: a.yaml, wait: 1s }',
    '{ aply: a.yaml }',
    '{ apply: 5 }',
    '{ wait: 10 }',
    '{ wait: soon }',
    '{ wait: { within: 5s } }',
    '{ fault: { type: power-off } }',
    '{ fault: { type: storm } }',
    '{ fault: { type: latency, add: 1s } }',
    '{ fault: { type: latency, zone: zone-a, machine: node-1, add: 1s } }',
    '{ fault: { type: packet-loss, from: [node-1], rate: 1 } }',
    '{ fault: { type: kill-process } }',
    '{ fault: { type: kill-process, process: a/b, pod: web-0 } }',
    '{ fault: { type: pause-process, container: nginx } }',
    '{ fault: { type: cpu-stress, machine: a, workers: 0 } }',
    '{ fault: { type: spot-reclaim, machine: a, notice: soon } }',
    '{ fault: { type: rack-outage } }',
    '{ fault: { type: dns-down, machine: a } }',
    '{ fault: { type: packet-loss, machine: a, rate: 2 } }',
    '{ fault: { type: kill-process, process: kubelet } }',
    '{ request: { path: version } }',
    '{ expect: 5 }',
    '{ expect: [] }',
    '{ expect: { kind: Pod, count: -1 } }',
    '{ expect: { kind: Pod, count: {} } }',
    '{ expect: { kind: Pod, where: { a: { like: x } } } }',
    '{ expect: { event: {} } }',
    '{ expect: { event: { regarding: web } } }',
    '{ expect: { machine: a, power: dim } }',
    '{ traffic: { name: web } }',
    '{ traffic: { kind: Node, name: web, requestsPerSecond: 1 } }',
    '{ traffic: { name: web, requestsPerSecond: -1 } }',
  ])('refuses what the parser refuses: %s', (step) => {
    expect(parseScenario(withStep(step))).toMatchObject({ ok: false });
    expect(isValid(parse(withStep(step)), schema)).toBe(false);
  });

  it('takes the cluster that the parser takes', () => {
    const text = (cluster: string): string =>
      `{ apiVersion: kubarium.dev/v1, kind: Scenario, metadata: { name: a }, spec: { seed: 3, cluster: ${cluster}, steps: [{ wait: 1s }] } }`;
    for (const cluster of [
      '{}',
      '{ nodes: 3, zones: 1, controlPlanes: 1, nodeCpu: 500m, nodeMemory: 1Gi, nodePods: 5 }',
      '{ etcdStorage: disk, etcdBackup: { full: 1h, incremental: 30s } }',
      '{ auditPolicy: { apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{ level: Metadata }] } }',
      '{ nodeGroups: [{ name: pool, min: 1, max: 3, zone: zone-b, cpu: 500m, memory: 1Gi, pods: 9 }], autoscalerFlags: [scan-interval=20s] }',
    ]) {
      expect([parseScenario(text(cluster)).ok, isValid(parse(text(cluster)), schema)]).toEqual([true, true]);
    }
    for (const cluster of [
      '{ nodes: 0 }',
      '{ nodes: x }',
      '{ controlPlanes: 8 }',
      '{ cpus: 1 }',
      '{ etcdBackup: { daily: 1h } }',
      '{ nodeGroups: [{ name: pool }] }',
      '{ auditPolicy: { rules: [{ level: Metadata }] } }',
      '{ auditPolicy: { apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{ level: All }] } }',
      '3',
    ]) {
      expect([parseScenario(text(cluster)).ok, isValid(parse(text(cluster)), schema)]).toEqual([false, false]);
    }
  });
});
