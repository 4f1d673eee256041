/**
 * Pods stay five minutes on a node that is not ready or not reachable, unless they say otherwise.
 *
 * @source kubernetes plugin/pkg/admission/defaulttolerationseconds/admission.go
 */
import type { Pod, Toleration } from '#engine/api/types';
import { admit, type AdmissionPlugin } from './plugin';

const toleration = (key: string): Toleration =>
  Object.freeze({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });

const NOT_READY = toleration('node.kubernetes.io/not-ready');
const UNREACHABLE = toleration('node.kubernetes.io/unreachable');
const BOTH: Toleration[] = [NOT_READY, UNREACHABLE];
Object.freeze(BOTH);

/** Whether a toleration speaks for a taint key with effect NoExecute. */
const covers = (given: Toleration, key: string): boolean =>
  (given.key === key || (given.key ?? '') === '') && (given.effect === 'NoExecute' || (given.effect ?? '') === '');

export const defaultTolerationSeconds: AdmissionPlugin = (request, object) => {
  if (request.verb === 'delete' || request.info.kind !== 'Pod' || request.subresource !== '') return admit(object);
  const pod = object as Pod;
  const given = pod.spec.tolerations ?? [];
  if (given.length === 0) return admit({ ...pod, spec: { ...pod.spec, tolerations: BOTH } } as Pod);
  const added = BOTH.filter((extra) => !given.some((existing) => covers(existing, extra.key ?? '')));
  if (added.length === 0) return admit(object);
  return admit({ ...pod, spec: { ...pod.spec, tolerations: [...given, ...added] } } as Pod);
};
