/** Namespaces, what limits them, priorities, budgets, autoscalers. @source kubernetes kubectl/pkg/describe/describe.go */
import { byteOrder } from '#engine/api/json';
import type {
  HorizontalPodAutoscaler,
  LimitRange,
  Namespace,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
} from '#engine/api/types';
import { want } from '../call/context';
import type { Doing } from '../call/effects';
import { type Description, describeEvents, labelsText, momentText, selectorText, UNSET } from './description';

const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

function quotaRows(d: Description, { status }: ResourceQuota, level: number, rule: string): void {
  d.line(level, 'Resource\tUsed\tHard');
  d.line(level, `--------\t${rule}\t${rule}`);
  const hard = status?.hard ?? {};
  for (const name of Object.keys(hard).sort(byteOrder))
    d.line(level, `${name}\t${status?.used?.[name] ?? '0'}\t${hard[name]}`);
}

function describeScopes(d: Description, { spec }: ResourceQuota, level: number, star: string): void {
  const scopes = (spec?.scopes ?? []).toSorted(byteOrder);
  if (scopes.length === 0) return;
  d.field('Scopes', scopes.join(', '), level);
  for (const scope of scopes) if (SCOPES[scope] !== undefined) d.line(level, `${star}${SCOPES[scope]}`);
}

export function describeQuota(d: Description, quota: ResourceQuota): void {
  d.head(quota);
  describeScopes(d, quota, 0, ' * ');
  quotaRows(d, quota, 0, '----');
}

function limitRows(d: Description, { spec }: LimitRange, indent: string): void {
  for (const {
    type,
    min = {},
    max = {},
    default: standard = {},
    defaultRequest = {},
    maxLimitRequestRatio = {},
  } of spec?.limits ?? []) {
    const names = new Set(
      [min, max, standard, defaultRequest, maxLimitRequestRatio].flatMap((list) => Object.keys(list)),
    );
    for (const name of [...names].sort(byteOrder)) {
      const cells = [min, max, defaultRequest, standard, maxLimitRequestRatio].map((list) => list[name] ?? '-');
      d.line(0, `${indent}${type}\t${name}\t${cells.join('\t')}`);
    }
  }
}

const LIMIT_HEAD = [
  'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio',
  '----\t--------\t---\t---\t---------------\t-------------\t-----------------------',
];

export function describeLimitRange(d: Description, range: LimitRange): void {
  d.head(range);
  for (const line of LIMIT_HEAD) d.line(0, line);
  limitRows(d, range, '');
}

export function* describeNamespace(d: Description, namespace: Namespace): Doing<void> {
  const { metadata, status } = namespace;
  const of = <T>(resource: string): Doing<{ readonly items: readonly T[] }> =>
    want(d.call, { method: 'GET', path: `/api/v1/namespaces/${metadata.name}/${resource}`, query: { limit: '500' } });
  d.field('Name', metadata.name);
  d.marks(namespace);
  d.field('Status', status?.phase ?? '');
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    d.line(0, 'Conditions:');
    d.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    d.line(1, '----\t------\t------------------\t------\t-------');
    for (const { type, status: value, lastTransitionTime, reason = '', message = '' } of conditions)
      d.line(1, `${type}\t${value}\t${momentText(lastTransitionTime)}\t${reason}\t${message}`);
  }
  const quotas = yield* of<ResourceQuota>('resourcequotas');
  if (quotas.items.length === 0) d.write(0, '\nNo resource quota.\n');
  else {
    d.write(0, '\nResource Quotas\n');
    for (const quota of quotas.items.toSorted((a, b) => byteOrder(a.metadata.name, b.metadata.name))) {
      d.field('Name', quota.metadata.name, 1);
      describeScopes(d, quota, 1, '* ');
      quotaRows(d, quota, 1, '---');
    }
  }
  const ranges = yield* of<LimitRange>('limitranges');
  if (ranges.items.length === 0) return d.write(0, '\nNo LimitRange resource.\n');
  d.write(0, '\nResource Limits\n');
  for (const line of LIMIT_HEAD) d.line(0, ` ${line.replace('\t--------', '\t--------')}`);
  for (const range of ranges.items) limitRows(d, range, ' ');
}

export function* describePriorityClass(d: Description, priority: PriorityClass): Doing<void> {
  d.field('Name', priority.metadata.name);
  d.field('Value', priority.value);
  d.field('GlobalDefault', priority.globalDefault ?? false);
  d.field('PreemptionPolicy', priority.preemptionPolicy ?? '');
  d.field('Description', priority.description ?? '');
  d.field('Annotations', labelsText(priority.metadata.annotations));
  yield* describeEvents(d, priority);
}

export function* describeBudget(d: Description, budget: PodDisruptionBudget): Doing<void> {
  const { spec, status } = budget;
  d.head(budget);
  if (spec?.minAvailable !== undefined) d.field('Min available', String(spec.minAvailable));
  else if (spec?.maxUnavailable !== undefined) d.field('Max unavailable', String(spec.maxUnavailable));
  d.field('Selector', spec?.selector === undefined ? UNSET : selectorText(spec.selector));
  d.line(0, 'Status:');
  d.field('Allowed disruptions', status?.disruptionsAllowed ?? 0, 2);
  d.field('Current', status?.currentHealthy ?? 0, 2);
  d.field('Desired', status?.desiredHealthy ?? 0, 2);
  d.field('Total', status?.expectedPods ?? 0, 2);
  yield* describeEvents(d, budget);
}

type Metric = NonNullable<HorizontalPodAutoscaler['spec']>['metrics'] extends readonly (infer One)[] | undefined
  ? One
  : never;
type Current = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

interface Value {
  readonly averageUtilization?: number;
  readonly averageValue?: string | number;
  readonly value?: string | number;
}

const shown = (value: string | number | undefined): string => (value === undefined ? '<unknown>' : String(value));

function metricLine(metric: Metric, current: Current | undefined): string {
  const { type, resource, containerResource, pods, object, external } = metric;
  const ofResource = (name: string, where: string, target: Value, now: Value | undefined): string => {
    if (target.averageValue !== undefined)
      return `resource ${name} ${where}:\t${shown(now?.averageValue)} / ${target.averageValue}`;
    const used =
      now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}% (${shown(now.averageValue)})`;
    return `resource ${name} ${where}  (as a percentage of request):\t${used} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
  };
  if (resource !== undefined) return ofResource(resource.name, 'on pods', resource.target, current?.resource?.current);
  if (containerResource !== undefined)
    return ofResource(
      containerResource.name,
      `of container ${JSON.stringify(containerResource.container)} on pods`,
      containerResource.target,
      current?.containerResource?.current,
    );
  if (pods !== undefined)
    return `${JSON.stringify(pods.metric.name)} on pods:\t${shown(current?.pods?.current.averageValue)} / ${shown(pods.target.averageValue)}`;
  const whole = (name: string, where: string, target: Value, now: Value | undefined): string =>
    target.averageValue === undefined
      ? `${JSON.stringify(name)}${where} (target value):\t${shown(now?.value)} / ${shown(target.value)}`
      : `${JSON.stringify(name)}${where} (target average value):\t${shown(now?.averageValue)} / ${target.averageValue}`;
  if (object !== undefined)
    return whole(
      object.metric.name,
      ` on ${object.describedObject.kind}/${object.describedObject.name}`,
      object.target,
      current?.object?.current,
    );
  if (external !== undefined) return whole(external.metric.name, '', external.target, current?.external?.current);
  return `<unknown metric type ${JSON.stringify(type)}>`;
}

export function* describeAutoscaler(d: Description, autoscaler: HorizontalPodAutoscaler): Doing<void> {
  const { metadata, spec, status } = autoscaler;
  d.head(autoscaler);
  d.marks(autoscaler);
  d.field('CreationTimestamp', momentText(metadata.creationTimestamp));
  d.field('Reference', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
  d.line(0, 'Metrics:\t( current / target )');
  (spec.metrics ?? []).forEach((metric, index) => d.line(1, metricLine(metric, status?.currentMetrics?.[index])));
  d.field('Min replicas', spec.minReplicas ?? UNSET);
  d.field('Max replicas', spec.maxReplicas);
  if (spec.behavior !== undefined) {
    d.line(0, 'Behavior:');
    for (const [name, rules] of [
      ['Scale Up', spec.behavior.scaleUp],
      ['Scale Down', spec.behavior.scaleDown],
    ] as const) {
      if (rules === undefined) continue;
      d.line(1, `${name}:`);
      if (rules.stabilizationWindowSeconds !== undefined)
        d.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`);
      const policies = rules.policies ?? [];
      if (policies.length === 0) continue;
      d.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`);
      d.line(2, 'Policies:');
      for (const { type, value, periodSeconds } of policies)
        d.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`);
    }
  }
  d.field(
    `${spec.scaleTargetRef.kind} pods`,
    `${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`,
  );
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    d.line(0, 'Conditions:');
    d.line(1, 'Type\tStatus\tReason\tMessage');
    d.line(1, '----\t------\t------\t-------');
    for (const { type, status: value, reason = '', message = '' } of conditions)
      d.line(1, `${type}\t${value}\t${reason}\t${message}`);
  }
  yield* describeEvents(d, autoscaler);
}
