/** Whether Pod Security has anything to say to a write: only where the labels of the namespace ask for it. */
import type { KubeObject, Namespace } from '#engine/api/types';
import { lateAnswers } from '../../late';
import { findForCertain } from '../../surroundings';
import { admit, type AdmissionPlugin } from '../plugin';
import { PREFIX } from './labels';

const KINDS: ReadonlySet<string> = new Set([
  'Pod',
  'ReplicaSet',
  'Deployment',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
  'ReplicationController',
  'PodTemplate',
]);

function asksForIt({ metadata }: KubeObject): boolean {
  for (const key in metadata.labels) if (key.startsWith(PREFIX)) return true;
  return false;
}

export const podSecurityGate: AdmissionPlugin = (request, object, around) => {
  const { info, namespace, operation, subresource, verb } = request;
  if (verb === 'delete') return admit(object);
  if (info.kind === 'Namespace') {
    if (subresource !== '' || !asksForIt(object)) return admit(object);
    return lateAnswers.code.podSecurity(request, object, object as Namespace, around);
  }
  if (!KINDS.has(info.kind)) return admit(object);
  const found = findForCertain(around, operation, 'namespaces', '', namespace);
  if (found === undefined) return { type: 'look-up', resource: 'namespaces', namespace: '', name: namespace };
  if (found === null || !asksForIt(found)) return admit(object);
  return lateAnswers.code.podSecurity(request, object, found as Namespace, around);
};
