/**
 * A pod with a runtime class carries its overhead, and goes only where that class runs.
 *
 * @source kubernetes plugin/pkg/admission/runtimeclass/admission.go, pkg/util/tolerations/tolerations.go
 */
import { deepEqual, semanticEqual } from '#engine/api/json';
import { forbidden } from '#engine/api/status-error';
import type { Pod, RuntimeClass, Toleration } from '#engine/api/types';
import { findForCertain } from '../../surroundings';
import { admit, type AdmissionPlugin, type AdmissionRequest, refuse, type Verdict } from '../plugin';

const CLASSES = 'runtimeclasses.node.k8s.io';
const OTHER_OVERHEAD = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

const refusal = ({ info, shownName }: AdmissionRequest, text: string): Verdict =>
  refuse(forbidden(info, shownName, text));

export const runtimeClass: AdmissionPlugin = (request, object, around) => {
  if (request.info.kind !== 'Pod' || request.verb !== 'create' || request.subresource !== '') return admit(object);
  const pod = object as Pod;
  const { runtimeClassName: name, overhead, nodeSelector = {}, tolerations = [] } = pod.spec;
  if (name === undefined) return admit(pod);
  const found = findForCertain(around, request.operation, CLASSES, '', name);
  if (found === undefined) return { type: 'look-up', resource: CLASSES, namespace: '', name };
  if (found === null) return refusal(request, `pod rejected: RuntimeClass "${name}" not found`);
  const { overhead: own, scheduling } = found as RuntimeClass;
  const fixed = own?.podFixed;
  if (own !== undefined && overhead !== undefined && !semanticEqual(fixed, overhead))
    return refusal(request, OTHER_OVERHEAD);
  const wanted = scheduling?.nodeSelector ?? {};
  for (const key in wanted) {
    const [given, value] = [nodeSelector[key], wanted[key]];
    if (given === undefined || given === value) continue;
    const text = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`;
    return refusal(request, text);
  }
  const merged = scheduling === undefined ? tolerations : mergeTolerations(tolerations, scheduling.tolerations ?? []);
  const spec = {
    ...pod.spec,
    ...(fixed === undefined ? null : { overhead: fixed }),
    ...(scheduling?.nodeSelector === undefined ? null : { nodeSelector: { ...nodeSelector, ...wanted } }),
    ...(merged.length === 0 ? null : { tolerations: merged }),
  };
  return admit({ ...pod, spec } as Pod);
};

/** Validating half: what a pod says of overhead is what its class says. */
export const runtimeClassOverhead: AdmissionPlugin = (request, object, around) => {
  if (request.info.kind !== 'Pod' || request.verb !== 'create' || request.subresource !== '') return admit(object);
  const { runtimeClassName: name, overhead } = (object as Pod).spec;
  const found = name === undefined ? undefined : findForCertain(around, request.operation, CLASSES, '', name);
  const fixed = (found as RuntimeClass | null | undefined)?.overhead?.podFixed;
  if (fixed !== undefined) return semanticEqual(fixed, overhead) ? admit(object) : refusal(request, OTHER_OVERHEAD);
  return overhead === undefined
    ? admit(object)
    : refusal(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
};

/** Whether whatever `b` tolerates, `a` tolerates, too. */
function includes(a: Toleration, b: Toleration): boolean {
  if (deepEqual(a, b)) return true;
  const all = (a.key ?? '') === '' && a.operator === 'Exists';
  if ((a.key ?? '') !== (b.key ?? '') && !all) return false;
  if ((a.effect ?? '') !== '' && a.effect !== b.effect) return false;
  if (a.effect === 'NoExecute' && a.tolerationSeconds !== undefined) {
    if (b.tolerationSeconds === undefined || b.tolerationSeconds > a.tolerationSeconds) return false;
  }
  if (a.operator === 'Exists') return true;
  return a.operator === b.operator && (a.value ?? '') === (b.value ?? '');
}

/** Both lists, without those that another includes. */
export function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all = [...first, ...second];
  const merged: Toleration[] = [];
  all.forEach((toleration, at) => {
    const before = merged.some((other) => includes(other, toleration));
    const after = all.slice(at + 1).some((other) => !deepEqual(other, toleration) && includes(other, toleration));
    if (!before && !after) merged.push(toleration);
  });
  return merged;
}
