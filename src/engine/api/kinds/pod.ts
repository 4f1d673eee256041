/** @source kubernetes pkg/registry/core/pod/strategy.go */
import { defaultPodSpec } from '../defaults/pod-spec';
import { forbidden, invalid, type FieldError } from '../field-error';
import {
  nextGeneration,
  statusOnly,
  withGeneration,
  withStatusOf,
  type KindRules,
  type SubresourceRules,
} from '../kind-rules';
import { lateApi } from '../late';
import { dnsSubdomainErrors } from '../names';
import { computeQosClass, type QosClass } from '../qos-class';
import { withSharedParts } from '../shared-parts';
import { withChanges } from '../structural-sharing';
import type { Pod, PodCondition } from '../types';
import { validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';
import { validatePodSpec } from '../validation/pod-spec';
import { podSpecWarnings } from '../validation/pod-warnings';
import { ephemeralClaimErrors } from '../validation/volumes';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const NO_SPEC: Pod['spec'] = { containers: [] };

function validateDeletionCost(pod: Pod): FieldError[] {
  const cost = pod.metadata.annotations?.[DELETION_COST];
  if (cost === undefined) return [];
  const valid =
    /^(0|[+-]?[1-9][0-9]{0,9})$/.test(cost) && !cost.startsWith('+') && Math.abs(Number(cost)) <= 2_147_483_647;
  return valid ? [] : [invalid(`metadata.annotations[${DELETION_COST}]`, cost, 'must be a 32bit integer')];
}

/** Of pods that care for others, with what their own labels say of those. */
const withOwnLabels = (pod: Pod): Pod =>
  pod.spec.topologySpreadConstraints === undefined &&
  pod.spec.affinity?.podAffinity === undefined &&
  pod.spec.affinity?.podAntiAffinity === undefined
    ? pod
    : lateApi.code.withLabelKeys(pod);

/** @source kubernetes pkg/registry/core/pod/strategy.go (applySchedulingGatedCondition) */
const GATED: PodCondition = Object.freeze({
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
});

/** Phase and class of a pod that has just been accepted: one for all pods of a class, not frozen, as copies are made of it. */
function initialStatus({ spec }: Pod): Pod['status'] {
  const qosClass = computeQosClass(spec);
  return (spec.schedulingGates ?? []).length > 0
    ? { phase: 'Pending', conditions: [GATED], qosClass }
    : ACCEPTED[qosClass];
}

const accepted = (qosClass: QosClass): Pod['status'] => ({ phase: 'Pending', qosClass });
const ACCEPTED: Readonly<Record<QosClass, Pod['status']>> = {
  Guaranteed: accepted('Guaranteed'),
  Burstable: accepted('Burstable'),
  BestEffort: accepted('BestEffort'),
};

const POD_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.podIPs',
  'status.nominatedNodeName',
];

/** @source kubernetes pkg/registry/core/pod/strategy.go (ToSelectableFields); `status.podIPs` is accepted and never set */
function podField({ metadata, spec, status }: Pod, name: string): string {
  switch (name) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.restartPolicy':
      return spec.restartPolicy ?? '';
    case 'spec.schedulerName':
      return spec.schedulerName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'spec.hostNetwork':
      return String(spec.hostNetwork ?? false);
    case 'status.phase':
      return status?.phase ?? '';
    case 'status.podIP':
      return status?.podIP ?? '';
    case 'status.nominatedNodeName':
      return status?.nominatedNodeName ?? '';
    default:
      return '';
  }
}

/** Rules of a subresource that nobody writes before somebody acts. */
const lateSubresource = (name: string): SubresourceRules<Pod> => ({
  prepare: (next, old) => lateApi.code.podSubresources[name]!.prepare(next, old),
  validate: (next, old) => lateApi.code.podSubresources[name]!.validate(next, old),
});

export const podRules: KindRules<Pod> = {
  applyDefaults: (pod) => withChanges(pod, { spec: defaultPodSpec(pod.spec ?? NO_SPEC, true) }),
  prepareForCreate(pod) {
    // Copied first and changed then, which V8 does much quicker than both at once.
    const made = { ...withOwnLabels(pod) };
    const metadata = { ...made.metadata };
    metadata.generation = 1;
    made.metadata = metadata;
    made.status = initialStatus(pod);
    return made;
  },
  prepareForUpdate: (next, old) => withGeneration(withStatusOf(next, old), nextGeneration(next, old)),
  prepareForStatusUpdate(next, old) {
    const kept = statusOnly(next, old);
    if (kept.status === undefined || kept.status === old.status) return kept;
    const status = withSharedParts(kept.status);
    const qosClass = old.status?.qosClass;
    if (status.qosClass === undefined && qosClass !== undefined) status.qosClass = qosClass;
    kept.status = status;
    return kept;
  },
  validate(pod) {
    const errors = [
      ...validateObjectMeta(pod, true, dnsSubdomainErrors),
      ...validateDeletionCost(pod),
      ...ephemeralClaimErrors(pod),
      ...validatePodSpec(pod.spec, 'spec', true),
    ];
    if ((pod.spec.ephemeralContainers ?? []).length > 0) {
      errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
    }
    return errors;
  },
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
    ...validatePodSpec(next.spec, 'spec', true),
    ...validateDeletionCost(next),
    ...(next.spec === old.spec ? [] : lateApi.code.validatePodSpecUpdate(next.spec, old.spec)),
  ],
  validateStatusUpdate(next, old) {
    const errors: FieldError[] = [];
    if (old.status?.qosClass !== undefined && next.status?.qosClass !== old.status.qosClass) {
      errors.push(invalid('status.qosClass', next.status?.qosClass ?? '', 'field is immutable'));
    }
    if (old.spec.restartPolicy === 'Always') return errors;
    for (const [index, before] of (old.status?.containerStatuses ?? []).entries()) {
      if (before.state?.terminated === undefined) continue;
      if (before.state.terminated.exitCode !== 0 && old.spec.restartPolicy === 'OnFailure') continue;
      const after = next.status?.containerStatuses?.find(({ name }) => name === before.name);
      if (after !== undefined && after.state?.terminated === undefined) {
        const field = `status.containerStatuses[${index}].state`;
        errors.push(forbidden(field, 'may not be transitioned to non-terminated state'));
      }
    }
    return errors;
  },
  subresources: { ephemeralcontainers: lateSubresource('ephemeralcontainers'), resize: lateSubresource('resize') },
  selectableFields: POD_FIELDS,
  field: podField,
  fields: (pod) => Object.fromEntries(POD_FIELDS.map((name) => [name, podField(pod, name)])),
  warnings: (pod, old) => (old !== undefined && old.spec === pod.spec ? [] : podSpecWarnings(pod.spec, 'spec')),
};
