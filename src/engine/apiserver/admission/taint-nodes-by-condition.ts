/**
 * A new node takes no pods before it has said that it is ready.
 *
 * @source kubernetes plugin/pkg/admission/nodetaint/admission.go
 */
import type { Node, Taint } from '#engine/api/types';
import { admit, type AdmissionPlugin } from './plugin';

const NOT_READY: Taint = Object.freeze({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' });

export const taintNodesByCondition: AdmissionPlugin = (request, object) => {
  if (request.verb !== 'create' || request.info.kind !== 'Node' || request.subresource !== '') return admit(object);
  const node = object as Node;
  const taints = node.spec?.taints ?? [];
  if (taints.some((taint) => taint.key === NOT_READY.key && taint.effect === NOT_READY.effect)) return admit(object);
  return admit({ ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } } as Node);
};
