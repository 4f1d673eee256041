/**
 * A pod's priority is the value of its class; at most one class is the default.
 *
 * @source kubernetes plugin/pkg/admission/priority/admission.go
 */
import { forbidden } from '#engine/api/status-error';
import { Derived } from '#engine/api/structural-sharing';
import type { Pod, PodSpec, PriorityClass } from '#engine/api/types';
import type { Surroundings } from '../surroundings';
import { admit, type AdmissionPlugin, refuse, withSpec } from './plugin';

const CLASSES = 'priorityclasses.scheduling.k8s.io';

/** Of several default classes (which a race may leave) the one with the lowest value counts. */
function defaultClass(around: Surroundings): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const object of around.all(CLASSES)) {
    const candidate = object as PriorityClass;
    if (candidate.globalDefault === true && (found === undefined || candidate.value < found.value)) found = candidate;
  }
  return found;
}

export const priority: AdmissionPlugin = (request, object, around) => {
  if (request.verb !== 'create' || request.info.kind !== 'Pod' || request.subresource !== '') return admit(object);
  const pod = object as Pod;
  const name = pod.spec.priorityClassName ?? '';
  const found = name === '' ? defaultClass(around) : (around.find(CLASSES, '', name) as PriorityClass | undefined);
  if (name !== '' && found === undefined) {
    return refuse(forbidden(request.info, request.shownName, `no PriorityClass with name ${name} was found`));
  }
  const value = found?.value ?? 0;
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  const { priority: given, preemptionPolicy: givenPolicy } = pod.spec;
  if (given !== undefined && given !== value) {
    const cause = `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
    return refuse(forbidden(request.info, request.shownName, cause));
  }
  if (givenPolicy !== undefined && givenPolicy !== policy) {
    const cause = `the string value of PreemptionPolicy (${givenPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    return refuse(forbidden(request.info, request.shownName, cause));
  }
  const className = found?.metadata.name;
  const spec = prioritized.of(pod.spec, `${className ?? ''} ${value} ${policy}`, () => ({
    ...pod.spec,
    ...(className === undefined ? {} : { priorityClassName: className }),
    priority: value,
    preemptionPolicy: policy,
  }));
  return admit(withSpec(pod, spec));
};

const prioritized = new Derived<PodSpec, PodSpec>();

/** Validating half: a second default class is refused. */
export const priorityClassDefault: AdmissionPlugin = (request, object, around) => {
  if (request.info.kind !== 'PriorityClass' || request.verb === 'delete') return admit(object);
  const candidate = object as PriorityClass;
  if (candidate.globalDefault !== true) return admit(object);
  const other = defaultClass(around);
  if (other === undefined || other.metadata.name === candidate.metadata.name) return admit(object);
  const cause = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
  return refuse(forbidden(request.info, request.shownName, cause));
};
