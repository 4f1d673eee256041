/**
 * Pods stay five minutes on a node that is not ready or not reachable, unless they say otherwise.
 *
 * @source kubernetes plugin/pkg/admission/defaulttolerationseconds/admission.go
 */
import { Derived } from '#engine/api/structural-sharing';
import type { Pod, PodSpec, Toleration } from '#engine/api/types';
import { admit, type AdmissionPlugin, withSpec } from './plugin';

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
  const isLacking = ({ key = '' }: Toleration): boolean => !given.some((existing) => covers(existing, key));
  const added = given.length === 0 ? BOTH : BOTH.filter(isLacking);
  if (added.length === 0) return admit(object);
  const spec = tolerant.of(pod.spec, '', () => ({
    ...pod.spec,
    tolerations: given.length === 0 ? BOTH : [...given, ...added],
  }));
  return admit(withSpec(pod, spec));
};

const tolerant = new Derived<PodSpec, PodSpec>();
