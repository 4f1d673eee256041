/**
 * The conditions of a Deployment, in their words.
 *
 * @source kubernetes pkg/controller/deployment/util/deployment_util.go (SetDeploymentCondition and the reasons)
 */
import { timestamp } from '#engine/api/timestamp';
import type { Deployment } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';

export type Condition = NonNullable<Deployment['status']['conditions']>[number];
export type Conditions = readonly Condition[];
type Type = 'Available' | 'Progressing' | 'ReplicaFailure';

export function newCondition(
  type: Type,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: Micros,
): Condition {
  return { type, status, lastUpdateTime: timestamp(now), lastTransitionTime: timestamp(now), reason, message };
}

/** One that says the same with the same reason stays; else it goes to the end, and keeps its transition time if its status does. */
export function withCondition(conditions: Conditions, condition: Condition): Conditions {
  const current = conditions.find((each) => each.type === condition.type);
  if (current !== undefined && current.status === condition.status && current.reason === condition.reason)
    return conditions;
  const kept = current?.status === condition.status ? current.lastTransitionTime : undefined;
  const next = kept === undefined ? condition : { ...condition, lastTransitionTime: kept };
  return [...conditions.filter((each) => each !== current), next];
}

export function withoutCondition(conditions: Conditions, type: Type): Conditions {
  return conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions;
}

/** Whether the Deployment may time out at all. */
export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2_147_483_647;
}

/** Replaces the conditions of a status, leaving out an empty list. */
export function statusWith(status: Deployment['status'], conditions: Conditions): Deployment['status'] {
  const { conditions: _, ...rest } = status;
  return conditions.length === 0 ? rest : { ...rest, conditions: [...conditions] };
}
