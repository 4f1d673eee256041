/**
 * What becomes of a write, given what is stored now. Pure; decided anew whenever etcd says that something came between.
 */
import type { ResourceInfo } from '#engine/api/registry';
import { forbidden, methodNotAllowed, notFound } from '#engine/api/status-error';
import type { KubeObjectInput } from '#engine/api/types';
import type { Attributes } from './authorization/attributes';
import { denialText } from './authorization/rules';
import { decideBinding } from './binding';
import { decideCreate } from './create';
import { type Decision, refused } from './decision';
import { decideDelete, decideEviction } from './deletion';
import { patchObject } from './patching';
import { decideScale } from './scale';
import type { Current, Operation } from './state';
import type { Surroundings } from './surroundings';
import { bodyMismatch, decideNext } from './update';

export function decide(operation: Operation, info: ResourceInfo, current: Current, around: Surroundings): Decision {
  switch (operation.verb) {
    case 'create':
      switch (operation.subresource) {
        case '':
          return decideCreate(operation, info, current, around);
        case 'binding':
          return decideBinding(operation, info, current, around);
        case 'eviction':
          return decideEviction(operation, info, current, around);
        default:
          return refused(methodNotAllowed(info, 'create'));
      }
    case 'update':
    case 'patch':
      return decideUpdate(operation, info, current, around);
    case 'delete':
      return decideDelete(operation, info, current, around);
  }
}

function decideUpdate(operation: Operation, info: ResourceInfo, current: Current, around: Surroundings): Decision {
  const old = current.object;
  if (old === null) {
    if (operation.verb !== 'update' || operation.subresource !== '' || !info.createOnUpdate) {
      return refused(notFound(info, operation.name));
    }
    const creating = { ...attributesOfOperation(operation, info), verb: 'create' };
    const { allowed, reason } = around.authorize(creating);
    if (!allowed) return refused(forbidden(info, operation.name, denialText(creating, reason)));
    return (
      bodyMismatch(operation, info, operation.body as KubeObjectInput) ?? decideCreate(operation, info, current, around)
    );
  }
  if (operation.subresource === 'scale') return decideScale(operation, info, old, around);
  if (operation.verb === 'update') return decideNext(operation, info, old, operation.body as KubeObjectInput, around);
  const patched = patchObject(operation, info, old);
  if (patched.type === 'refuse') return refused(patched.status);
  return decideNext(operation, info, old, patched.object, around);
}

const attributesOfOperation = (
  { asker, verb, namespace, name, subresource }: Operation,
  { group, resource }: ResourceInfo,
): Attributes => ({ user: asker.user, verb, group, resource, subresource, namespace, name, path: '' });
