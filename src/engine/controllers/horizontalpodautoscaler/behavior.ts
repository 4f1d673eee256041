/**
 * What becomes of a count that metrics ask for: it is steadied by what was asked for before, and limited.
 *
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicas and what it calls)
 */
import type { HorizontalPodAutoscaler } from '#engine/api/types';
import { type Micros, MINUTE, seconds } from '#engine/kernel/time';
import type { AutoscalerMemory, Recommendation, ScaleEvent } from './memory';

type Behavior = NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;

export const DOWNSCALE_STABILIZATION: Micros = 5 * MINUTE;
const SCALE_UP_LIMIT = { factor: 2, least: 4 };

export interface Reason {
  readonly reason: string;
  readonly message: string;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export interface Limited {
  readonly desired: number;
  readonly able: Reason;
  /** `desired` is not what was wanted. */
  readonly limited: boolean;
  readonly limit: Reason;
}

const READY: Reason = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const STABILIZED = {
  up: {
    reason: 'ScaleUpStabilized',
    message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
  },
  down: {
    reason: 'ScaleDownStabilized',
    message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
  },
};
const LIMITS = {
  within: { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' },
  few: { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' },
  many: { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' },
  up: { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' },
  down: {
    reason: 'ScaleDownLimit',
    message: 'the desired replica count is decreasing faster than the maximum scale rate',
  },
};

interface Clamped {
  readonly replicas: number;
  readonly limit: Reason;
}

type Past = Pick<AutoscalerMemory, 'recommendations' | 'ups' | 'downs'>;

const since = (recommendations: readonly Recommendation[], cutoff: Micros): number[] =>
  recommendations.filter(({ at }) => at > cutoff).map(({ replicas }) => replicas);

/** @param behavior - undefined: the rules of all clusters */
export function limitedReplicas(
  current: number,
  wanted: number,
  bounds: Bounds,
  behavior: Behavior | undefined,
  past: Past,
  now: Micros,
): Limited {
  const stable =
    behavior === undefined ? steadied(wanted, past, now) : steadiedBy(behavior, current, wanted, past, now);
  const { replicas, limit } =
    behavior === undefined ? clamped(current, stable, bounds) : clampedBy(behavior, current, stable, bounds, past, now);
  const direction = behavior === undefined || wanted < current ? STABILIZED.down : STABILIZED.up;
  return { desired: replicas, able: stable === wanted ? READY : direction, limited: replicas !== stable, limit };
}

/** The largest that was asked for in the last five minutes. */
const steadied = (wanted: number, { recommendations }: Past, now: Micros): number =>
  Math.max(wanted, ...since(recommendations, now - DOWNSCALE_STABILIZATION));

/** The count of now, unless all that was asked for in a window is on one side of it. */
function steadiedBy(
  behavior: Behavior,
  current: number,
  wanted: number,
  { recommendations }: Past,
  now: Micros,
): number {
  const up = Math.min(wanted, ...since(recommendations, now - stabilizationWindow(behavior, 'up')));
  const down = Math.max(wanted, ...since(recommendations, now - stabilizationWindow(behavior, 'down')));
  return Math.min(Math.max(current, up), down);
}

const windowOf = (rules: Rules | undefined, otherwise: Micros): Micros =>
  rules?.stabilizationWindowSeconds === undefined ? otherwise : seconds(rules.stabilizationWindowSeconds);

/** How long a direction is steadied. */
export const stabilizationWindow = (behavior: Behavior | undefined, direction: 'up' | 'down'): Micros =>
  direction === 'down' ? windowOf(behavior?.scaleDown, DOWNSCALE_STABILIZATION) : windowOf(behavior?.scaleUp, 0);

/** Not more than twice as many, or four, at once. */
export function clamped(current: number, wanted: number, { min, max }: Bounds): Clamped {
  const most = Math.max(SCALE_UP_LIMIT.factor * current, SCALE_UP_LIMIT.least);
  if (wanted < min) return { replicas: min, limit: LIMITS.few };
  if (wanted > Math.min(max, most))
    return max > most ? { replicas: most, limit: LIMITS.up } : { replicas: max, limit: LIMITS.many };
  return { replicas: wanted, limit: LIMITS.within };
}

/** As fast as the policies let it go. */
export function clampedBy(
  { scaleUp, scaleDown }: Behavior,
  current: number,
  wanted: number,
  { min, max }: Bounds,
  { ups, downs }: Pick<Past, 'ups' | 'downs'>,
  now: Micros,
): Clamped {
  if (wanted > current) {
    const most = Math.max(current, limitOf(scaleUp, current, ups, downs, 1, now));
    if (wanted > Math.min(max, most))
      return max > most ? { replicas: most, limit: LIMITS.up } : { replicas: max, limit: LIMITS.many };
  } else if (wanted < current) {
    const fewest = Math.min(current, limitOf(scaleDown, current, ups, downs, -1, now));
    if (wanted < Math.max(min, fewest))
      return min < fewest ? { replicas: fewest, limit: LIMITS.down } : { replicas: min, limit: LIMITS.few };
  }
  return { replicas: wanted, limit: LIMITS.within };
}

/** How far the policies of a direction let the count go from where it was when each period began. */
function limitOf(
  rules: Rules | undefined,
  current: number,
  ups: readonly ScaleEvent[],
  downs: readonly ScaleEvent[],
  direction: 1 | -1,
  now: Micros,
): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const within = (events: readonly ScaleEvent[], period: Micros): number =>
    events.reduce((sum, { at, change }) => (at > now - period ? sum + change : sum), 0);
  const limits = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const period = seconds(periodSeconds);
    const start = current - within(ups, period) + within(downs, period);
    if (type === 'Pods') return start + direction * value;
    const changed = start * (1 + (direction * value) / 100);
    return direction > 0 ? Math.ceil(changed) : Math.trunc(changed);
  });
  const widest = rules?.selectPolicy !== 'Min';
  return widest === direction > 0 ? Math.max(...limits) : Math.min(...limits);
}

/** What is worth remembering of recommendations and changes. */
export function remembered(past: Past, behavior: Behavior | undefined, now: Micros): Past {
  const longest = Math.max(
    DOWNSCALE_STABILIZATION,
    stabilizationWindow(behavior, 'up'),
    stabilizationWindow(behavior, 'down'),
  );
  const period = (rules: Rules | undefined): Micros =>
    Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => seconds(periodSeconds)));
  const kept = <T extends { readonly at: Micros }>(list: readonly T[], span: Micros): readonly T[] =>
    list.filter(({ at }) => at > now - span);
  const both = Math.max(period(behavior?.scaleUp), period(behavior?.scaleDown));
  return {
    recommendations: kept(past.recommendations, longest),
    ups: kept(past.ups, both),
    downs: kept(past.downs, both),
  };
}
