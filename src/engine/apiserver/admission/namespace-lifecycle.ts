/**
 * Nothing is created in a namespace that does not exist or is going away, and three namespaces stay.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go
 */
import { forbidden, namespaceTerminating, notFound } from '#engine/api/status-error';
import type { Namespace } from '#engine/api/types';
import { findForCertain } from '../surroundings';
import { admit, type AdmissionPlugin, refuse } from './plugin';

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const NAMESPACES = { group: '', resource: 'namespaces' };

export const namespaceLifecycle: AdmissionPlugin = (request, object, around) => {
  const { info, verb, namespace, shownName, operation } = request;
  if (verb === 'delete') {
    if (info.kind !== 'Namespace' || !IMMORTAL.has(shownName)) return admit(object);
    return refuse(forbidden(NAMESPACES, shownName, 'this namespace may not be deleted'));
  }
  if (verb !== 'create' || !info.namespaced) return admit(object);
  const found = findForCertain(around, operation, 'namespaces', '', namespace);
  if (found === undefined) return { type: 'look-up', resource: 'namespaces', namespace: '', name: namespace };
  if (found === null) return refuse(notFound(NAMESPACES, namespace));
  if ((found as Namespace).status?.phase !== 'Terminating') return admit(object);
  return refuse(namespaceTerminating(info, shownName, namespace));
};
