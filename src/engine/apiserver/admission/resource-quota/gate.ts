/** Whether the quotas of a namespace have anything to say to a write. */
import type { ResourceQuota } from '#engine/api/types';
import { lateAnswers } from '../../late';
import { admit, type AdmissionPlugin, type AdmissionRequest } from '../plugin';

/** Whether a write may use more than before. */
function uses({ verb, subresource, info }: AdmissionRequest): boolean {
  if (verb === 'create') return subresource === '' && info.store !== 'events';
  if (verb === 'delete') return false;
  switch (info.kind) {
    case 'Pod':
      return subresource === 'resize';
    case 'Service':
      return true;
    case 'PersistentVolumeClaim':
      return subresource === '' || subresource === 'status';
    default:
      return false;
  }
}

export const resourceQuotaGate: AdmissionPlugin = (request, object, around) => {
  if (request.namespace === '' || !request.info.namespaced || !uses(request)) return admit(object);
  const quotas = around.all('resourcequotas', request.namespace) as readonly ResourceQuota[];
  return quotas.length === 0 ? admit(object) : lateAnswers.code.resourceQuota(request, object, quotas, around.now);
};
