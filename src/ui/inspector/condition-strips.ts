/** Conditions over time, from the versions of an object that are still there. Pure. */
import type { ObjectVersion } from '#engine/cluster/door';
import type { Micros } from '#engine/kernel/time';

export interface Stretch {
  readonly from: Micros;
  readonly to: Micros;
  readonly status: string;
  readonly reason: string;
}

export interface ConditionStrip {
  readonly type: string;
  readonly stretches: readonly Stretch[];
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
}

const conditionsOf = (object: unknown): readonly Condition[] => {
  const { status } = (object ?? {}) as { readonly status?: { readonly conditions?: unknown } };
  return Array.isArray(status?.conditions) ? (status.conditions as readonly Condition[]) : [];
};

/** A strip for each type of condition, in the order of the latest version; equal neighbours are one stretch. */
export function conditionStrips(versions: readonly ObjectVersion[], now: Micros): readonly ConditionStrip[] {
  const strips = new Map<string, Stretch[]>();
  versions.forEach(({ at, object }, index) => {
    if (at === null) return;
    const to = versions[index + 1]?.at ?? now;
    for (const { type = '', status = '', reason = '' } of conditionsOf(object)) {
      const stretches = strips.get(type) ?? [];
      strips.set(type, stretches);
      const last = stretches.at(-1);
      if (last?.to === at && last.status === status && last.reason === reason) {
        stretches[stretches.length - 1] = { ...last, to };
      } else stretches.push({ from: at, to, status, reason });
    }
  });
  return [...strips].map(([type, stretches]) => ({ type, stretches }));
}
