/** An object goes out of the store. */
import type { ResourceInfo } from '#engine/api/registry';
import { success } from '#engine/api/status-error';
import type { KubeObject } from '#engine/api/types';
import type { Decision } from './decision';
import { claimsOf } from './service-allocation';

/** Takes an object out of the store, with the claims that went with it. */
export function remove(info: ResourceInfo, object: KubeObject): Decision {
  return { type: 'remove', object, released: info.store === 'services' ? claimsOf(object) : [] };
}

/** What a deletion that is done answers: the object, or that it went well. */
export function answerTo(info: ResourceInfo, object: KubeObject): unknown {
  if (info.returnsDeletedObject) return object;
  const { name, uid } = object.metadata;
  return success({ name, ...(info.group === '' ? {} : { group: info.group }), kind: info.resource, uid });
}
