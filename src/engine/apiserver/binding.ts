/**
 * Binding a pod to a node: the scheduler's one write.
 *
 * @source kubernetes pkg/registry/core/pod/storage/storage.go (BindingREST, assignPod, setPodNodeAndMetadata)
 */
import { notSupported, required } from '#engine/api/field-error';
import { setCondition } from '#engine/api/meta';
import type { ResourceInfo } from '#engine/api/registry';
import { sharedConditions } from '#engine/api/shared-parts';
import { conflict, invalid, notFound, success } from '#engine/api/status-error';
import { Derived, without } from '#engine/api/structural-sharing';
import { timestamp } from '#engine/api/timestamp';
import type { Binding, KubeObject, Pod, PodSpec } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { mutate, validateSubresource } from './admission/admission';
import { type Decision, refused } from './decision';
import type { Current, Operation } from './state';
import type { Surroundings } from './surroundings';

const BINDING = { group: '', version: 'v1', kind: 'Binding' } as const;
const BINDINGS = { group: '', resource: 'pods/binding' };

export function decideBinding(
  operation: Operation,
  info: ResourceInfo,
  current: Current,
  around: Surroundings,
): Decision {
  const binding = operation.body as Partial<Binding>;
  const target = binding.target;
  const errors = [];
  if (target?.kind !== undefined && target.kind !== '' && target.kind !== 'Node') {
    errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']));
  }
  const nodeName = target?.name ?? '';
  if (nodeName === '') errors.push(required('target.name'));
  if (errors.length > 0) return refused(invalid({ group: '', kind: 'Binding' }, operation.name, errors));

  const admission = {
    operation,
    verb: 'create',
    info,
    namespace: operation.namespace,
    shownName: operation.name,
    subresource: 'binding',
    takes: BINDING,
  } as const;
  const allowed = validateSubresource(admission, binding as KubeObject, around);
  if (allowed.type === 'refuse') return refused(allowed.status);

  const pod = current.object as Pod | null;
  if (pod === null) return refused(notFound(info, operation.name));
  const { name } = pod.metadata;
  const { uid, annotations, labels } = binding.metadata ?? {};
  if (uid !== undefined && uid !== '' && uid !== pod.metadata.uid) {
    return refused(
      conflict(
        BINDINGS,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`,
      ),
    );
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    return refused(conflict(BINDINGS, name, `pod ${name} is being deleted, cannot be assigned to a host`));
  }
  if ((pod.spec.nodeName ?? '') !== '') {
    return refused(conflict(BINDINGS, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`));
  }
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    return refused(conflict(BINDINGS, name, `pod ${name} has non-empty .spec.schedulingGates`));
  }
  const status = statusOnNode(pod.status ?? NO_STATUS, around.now);
  let metadata = pod.metadata;
  if (annotations !== undefined) metadata = { ...metadata, annotations: { ...metadata.annotations, ...annotations } };
  if (labels !== undefined) metadata = { ...metadata, labels: { ...metadata.labels, ...labels } };
  const { apiVersion, kind } = pod;
  const spec = onNode.of(pod.spec, nodeName, () => ({ ...pod.spec, nodeName }));
  const bound: Pod = { apiVersion, kind, metadata, spec, status };
  const verdict = mutate(admission, bound, around);
  if (verdict.type === 'look-up' || verdict.type === 'first') return verdict;
  if (verdict.type === 'refuse') return refused(verdict.status);
  return { type: 'write', object: verdict.object, code: 201, answer: BOUND };
}

const NO_STATUS: Pod['status'] = Object.freeze({});

function statusOnNode(before: Pod['status'], now: Micros): Pod['status'] {
  const time = timestamp(now);
  if (last?.before === before && last.time === time) return last.after;
  const after = withScheduled(before, now);
  last = { before, time, after };
  return after;
}

/** The last that was made: pods that have just been accepted have one status, and so have those of them that are bound in one second. */
let last: { readonly before: Pod['status']; readonly time: string; readonly after: Pod['status'] } | null = null;

function withScheduled(before: Pod['status'], now: Micros): Pod['status'] {
  const status = { ...before };
  status.conditions = sharedConditions(setCondition(before.conditions, SCHEDULED, now));
  return status.nominatedNodeName === undefined ? status : without(status, 'nominatedNodeName');
}

/** Pods of one template on one node share their spec. */
const onNode = new Derived<PodSpec, PodSpec>();

const SCHEDULED = Object.freeze({ type: 'PodScheduled', status: 'True' } as const);

const BOUND = Object.freeze({ ...success(), code: 201 });
