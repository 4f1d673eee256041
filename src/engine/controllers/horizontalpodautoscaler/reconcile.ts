/**
 * What one autoscaler needs now. It looks every 15 s: it reads the target's scale, then its metrics, and then decides.
 *
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler)
 */
import { quote } from '#engine/api/field-error';
import { deepEqual } from '#engine/api/json';
import { matchesRequirement, parseLabelSelector } from '#engine/api/label-selector';
import { setCondition } from '#engine/api/meta';
import { milliValue } from '#engine/api/quantity';
import { timestamp } from '#engine/api/timestamp';
import type { HorizontalPodAutoscaler, KubeObject, Pod } from '#engine/api/types';
import { NOTHING, type Plan, type ReadAnswer, type Situation, type Step, type View } from '#engine/client/plan';
import { type Micros, SECOND } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { mappingOf } from '../scale-mapping';
import { normal, record, referenceTo, updateStatus, warning } from '../steps';
import { limitedReplicas, remembered } from './behavior';
import type { Autoscalers, AutoscalerMemory } from './memory';
import { pathsFor } from './metric-answers';
import { type Measured, type MetricStatus, proposalOf } from './metrics';

type Autoscaler = HorizontalPodAutoscaler;
type Status = NonNullable<Autoscaler['status']>;
type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';

/** @source kubernetes pkg/controller/podautoscaler/config/v1alpha1/defaults.go */
const SYNC_PERIOD: Micros = 15 * SECOND;
const TOLERANCE = 0.1;

type Scale = KubeObject & {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
};

const ERROR_OF_SCALE = "the HPA controller was unable to get the target's current scale: ";

/** One look at an autoscaler: what is found out is put together step by step. */
class Look {
  readonly steps: Step[] = [];
  readonly autoscaler: Autoscaler;
  readonly now: Micros;
  status: Status;

  constructor(autoscaler: Autoscaler, now: Micros) {
    this.autoscaler = autoscaler;
    this.now = now;
    this.status = autoscaler.status ?? { desiredReplicas: 0 };
  }

  condition(type: ConditionType, status: 'True' | 'False', reason: string, message: string): void {
    const conditions = setCondition(this.status.conditions, { type, status, reason, message }, this.now);
    this.status = { ...this.status, conditions };
  }

  warn(reason: string, message: string): void {
    this.steps.push(record(warning(referenceTo(this.autoscaler), reason, message)));
  }

  /** Puts counts into the status, and has it written where it is another. */
  finish(current: number, desired: number, metrics: readonly MetricStatus[] | null, rescaled: boolean): void {
    const { conditions, lastScaleTime } = this.status;
    const at = rescaled ? timestamp(this.now) : lastScaleTime;
    this.status = {
      ...(at === undefined ? null : { lastScaleTime: at }),
      currentReplicas: current,
      desiredReplicas: desired,
      ...(metrics === null || metrics.length === 0 ? null : { currentMetrics: [...metrics] }),
      ...(conditions === undefined ? null : { conditions }),
    };
    this.write();
  }

  write(): void {
    const { autoscaler, status } = this;
    if (!deepEqual(status, autoscaler.status)) this.steps.push(updateStatus({ ...autoscaler, status }));
  }
}

const NEW: AutoscalerMemory = { due: 0, recommendations: [], ups: [], downs: [], selector: '' };

/** @param key - namespace and name of an autoscaler */
export function reconcileAutoscaler(view: View, key: string, situation: Situation<Autoscalers>): Plan<Autoscalers> {
  const { memory, now, answers } = situation;
  const { namespace, name } = splitKey(key);
  const autoscaler = view.get('HorizontalPodAutoscaler', namespace, name);
  if (autoscaler?.spec === undefined) {
    if (!Object.hasOwn(memory, key)) return NOTHING;
    const { [key]: _gone, ...others } = memory;
    return { steps: [], memory: others };
  }
  const known = Object.hasOwn(memory, key) ? memory[key] : undefined;
  const keep = (next: Partial<AutoscalerMemory>): Autoscalers => ({ ...memory, [key]: { ...(known ?? NEW), ...next } });
  if (known === undefined) return { steps: [], again: SYNC_PERIOD, memory: keep({ due: now + SYNC_PERIOD }) };
  const look = new Look(autoscaler, now);
  const refused = situation.failed.find(({ step }) => step.op === 'update' && step.path !== undefined);
  if (refused !== undefined) {
    const message = `the HPA controller was unable to update the target scale: ${refused.status.message ?? ''}`;
    look.condition('AbleToScale', 'False', 'FailedUpdateScale', message);
    look.write();
    // What was counted on did not come to be.
    const past = { ups: known.ups.filter(isBefore(known)), downs: known.downs.filter(isBefore(known)) };
    return { steps: look.steps, again: Math.max(0, known.due - now), memory: keep(past), because: message };
  }
  if (answers.length === 0 && now < known.due) return { steps: [], again: known.due - now };

  const done = (next: Partial<AutoscalerMemory>, because: string): Plan<Autoscalers> => ({
    steps: look.steps,
    again: SYNC_PERIOD,
    memory: keep({ due: now + SYNC_PERIOD, ...next }),
    because,
  });
  const { scaleTargetRef } = autoscaler.spec;
  const mapping = mappingOf({ apiVersion: '', ...scaleTargetRef }, namespace, view);
  const path = mapping === null ? '' : `${mapping.path}/${scaleTargetRef.name}/scale`;
  const answer = answers.find((each) => each.path === path);
  if (mapping !== null && answer === undefined) return { steps: [{ op: 'read', path }] };
  if (answer?.code !== 200) {
    const error = answer === undefined ? noKind(scaleTargetRef) : messageOf(answer);
    look.warn('FailedGetScale', error);
    look.condition('AbleToScale', 'False', 'FailedGetScale', `${ERROR_OF_SCALE}${error}`);
    look.write();
    return done({}, `its target's scale cannot be read: ${error}`);
  }
  return decide(view, look, answer.body as Scale, path, known, situation, done);
}

/** Changes of earlier looks than the last. */
const isBefore =
  ({ due }: AutoscalerMemory) =>
  ({ at }: { readonly at: Micros }): boolean =>
    at < due - SYNC_PERIOD;

function noKind({ apiVersion = '', kind }: { readonly apiVersion?: string; readonly kind: string }): string {
  const slash = apiVersion.indexOf('/');
  return `no matches for kind ${quote(kind)} in group ${quote(apiVersion.slice(0, Math.max(0, slash)))}`;
}

const messageOf = ({ body }: ReadAnswer): string => (body as { readonly message?: string }).message ?? '';

type Done = (next: Partial<AutoscalerMemory>, because: string) => Plan<Autoscalers>;

function decide(
  view: View,
  look: Look,
  scale: Scale,
  path: string,
  known: AutoscalerMemory,
  { answers, memory }: Situation<Autoscalers>,
  done: Done,
): Plan<Autoscalers> {
  const { autoscaler, now } = look;
  const { minReplicas: min = 1, maxReplicas: max, behavior } = autoscaler.spec;
  const current = scale.spec?.replicas ?? 0;
  const recommendations = known.recommendations.length > 0 ? known.recommendations : [{ at: now, replicas: current }];
  look.condition(
    'AbleToScale',
    'True',
    'SucceededGetScale',
    "the HPA controller was able to get the target's current scale",
  );
  const base = { recommendations, ups: known.ups, downs: known.downs, selector: scale.status?.selector ?? '' };

  if (current === 0 && min !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    look.condition('ScalingActive', 'False', 'ScalingDisabled', message);
    look.finish(current, 0, null, false);
    return done(base, message);
  }
  if (current > max)
    return rescale(look, scale, path, max, 'Current number of replicas above Spec.MaxReplicas', null, base, done);
  if (current < min)
    return rescale(look, scale, path, min, 'Current number of replicas below Spec.MinReplicas', null, base, done);

  const metrics = metricsOf(view, look, scale, memory, answers);
  if ('reads' in metrics)
    return { steps: [{ op: 'read', path }, ...metrics.reads.map((each) => ({ op: 'read', path: each }) as const)] };
  if ('error' in metrics) {
    look.finish(current, look.status.desiredReplicas, metrics.statuses, false);
    look.warn('FailedComputeMetricsReplicas', metrics.error);
    return done(base, metrics.error);
  }
  const { wanted, name, statuses } = metrics;
  const limited = limitedReplicas(current, wanted, { min, max }, behavior, base, now);
  look.condition('AbleToScale', 'True', limited.able.reason, limited.able.message);
  look.condition('ScalingLimited', limited.limited ? 'True' : 'False', limited.limit.reason, limited.limit.message);
  const next = remembered(
    { ...base, recommendations: [...recommendations, { at: now, replicas: wanted }] },
    behavior,
    now,
  );
  const reason = wanted > current ? `${name} above target` : wanted < current ? 'All metrics below target' : '';
  if (limited.desired !== current)
    return rescale(look, scale, path, limited.desired, reason, statuses, { ...base, ...next }, done);
  look.finish(current, current, statuses, false);
  return done({ ...base, ...next }, `${name} asks for ${wanted} replicas, and there are to be ${current}`);
}

/** Writes the scale. */
function rescale(
  look: Look,
  scale: Scale,
  path: string,
  desired: number,
  reason: string,
  statuses: readonly MetricStatus[] | null,
  next: Partial<AutoscalerMemory>,
  done: Done,
): Plan<Autoscalers> {
  const { autoscaler, now } = look;
  const regarding = referenceTo(autoscaler);
  const current = scale.spec?.replicas ?? 0;
  const size = `New size: ${desired}; reason: ${reason}`;
  look.steps.push({
    op: 'update',
    object: { ...scale, spec: { ...scale.spec, replicas: desired } } as KubeObject,
    path,
    onSuccess: normal(regarding, 'SuccessfulRescale', size),
    onFailure: warning(regarding, 'FailedRescale', `${size}; error: {error}`),
  });
  look.condition(
    'AbleToScale',
    'True',
    'SucceededRescale',
    `the HPA controller was able to update the target scale to ${desired}`,
  );
  look.finish(current, desired, statuses, true);
  const change = { at: now, change: Math.abs(desired - current) };
  const { ups = [], downs = [] } = next;
  const counts = autoscaler.spec?.behavior !== undefined;
  return done(
    {
      ...next,
      ups: counts && desired > current ? [...ups, change] : ups,
      downs: counts && desired < current ? [...downs, change] : downs,
    },
    `${size}, from ${current}`,
  );
}

type Found =
  | { readonly reads: readonly string[] }
  | { readonly wanted: number; readonly name: string; readonly statuses: readonly MetricStatus[] }
  | { readonly error: string; readonly statuses: readonly MetricStatus[] };

/** What all metrics together ask for: the most. One that cannot be told keeps the others from taking anything away. */
function metricsOf(view: View, look: Look, scale: Scale, memory: Autoscalers, answers: readonly ReadAnswer[]): Found {
  const { autoscaler, now } = look;
  const { namespace = '' } = autoscaler.metadata;
  const current = scale.spec?.replicas ?? 0;
  const selector = scale.status?.selector ?? '';
  const inactive = (reason: string, event: string, error: string, message = error): Found => {
    look.warn(event, error);
    look.condition('ScalingActive', 'False', reason, message);
    return { error, statuses: [] };
  };
  if (selector === '')
    return inactive(
      'InvalidSelector',
      'SelectorRequired',
      'selector is required',
      "the HPA target's scale is missing a selector",
    );
  const parsed = parseLabelSelector(selector);
  if (!parsed.ok)
    return inactive(
      'InvalidSelector',
      'InvalidSelector',
      `couldn't convert selector into a corresponding internal selector object: ${parsed.error}`,
    );
  const selects = (pod: Pod): boolean =>
    parsed.requirements.every((requirement) => matchesRequirement(requirement, pod.metadata.labels ?? {}));
  const pods = view.list('Pod', namespace).filter(selects);
  const others = rivals(autoscaler, pods, memory);
  if (others.length > 0) {
    const names = [`${namespace}/${autoscaler.metadata.name}`, ...others].sort().join(' ');
    return inactive(
      'AmbiguousSelector',
      'AmbiguousSelector',
      `pods by selector ${selector} are controlled by multiple HPAs: [${names}]`,
    );
  }
  const { metrics = [], behavior } = autoscaler.spec;
  const paths = [...new Set(metrics.flatMap((metric) => pathsFor(metric, namespace, selector)))];
  if (!paths.every((path) => answers.some((answer) => answer.path === path))) return { reads: paths };

  const tolerance = (rules: { readonly tolerance?: string | number } | undefined): number => {
    const given = rules?.tolerance;
    return given === undefined ? TOLERANCE : milliValue(given) / 1000;
  };
  const tolerances = { up: tolerance(behavior?.scaleUp), down: tolerance(behavior?.scaleDown) };
  const running = scale.status?.replicas ?? 0;
  const at: Measured = { namespace, current, running, selector, pods, tolerances, answers, now };
  const statuses: MetricStatus[] = [];
  let most: { readonly replicas: number; readonly name: string } | null = null;
  let invalid = 0;
  let first = { reason: '', cause: '', error: '' };
  for (const metric of metrics) {
    const proposal = proposalOf(metric, at);
    if ('error' in proposal) {
      look.warn(proposal.reason, proposal.cause);
      if (invalid++ === 0) first = proposal;
      statuses.push({ type: '' });
      continue;
    }
    statuses.push(proposal.status);
    if (most === null || proposal.replicas > most.replicas) most = proposal;
  }
  if (most === null || (invalid > 0 && most.replicas < current)) {
    const message = `the HPA was unable to compute the replica count: ${first.cause}`;
    look.condition('ScalingActive', 'False', first.reason, message);
    const error = `invalid metrics (${invalid} invalid out of ${metrics.length}), first error is: ${first.error}`;
    return { error, statuses };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${most.name}`;
  look.condition('ScalingActive', 'True', 'ValidMetricFound', message);
  return { wanted: most.replicas, name: most.name, statuses };
}

/** Other autoscalers of the namespace whose targets have some of these pods. */
function rivals({ metadata }: Autoscaler, pods: readonly Pod[], memory: Autoscalers): readonly string[] {
  const prefix = `${metadata.namespace ?? ''}/`;
  const names: string[] = [];
  for (const [key, { selector }] of Object.entries(memory)) {
    if (!key.startsWith(prefix) || key === `${prefix}${metadata.name}` || selector === '') continue;
    const parsed = parseLabelSelector(selector);
    if (!parsed.ok) continue;
    const has = pods.some((pod) =>
      parsed.requirements.every((requirement) => matchesRequirement(requirement, pod.metadata.labels ?? {})),
    );
    if (has) names.push(key);
  }
  return names;
}
