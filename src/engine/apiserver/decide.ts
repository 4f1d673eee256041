/**
 * What becomes of a write, given what is stored now. Pure; decided anew whenever etcd says that something came between.
 */
import type { ResourceInfo } from '#engine/api/registry';
import { isApply } from '#engine/api/patch/apply-patch';
import { conflict, forbidden, methodNotAllowed, notFound } from '#engine/api/status-error';
import type { KubeObjectInput } from '#engine/api/types';
import { CHARGE } from './admission/resource-quota/charge';
import type { Attributes } from './authorization/attributes';
import { denialText } from './authorization/rules';
import { decideBinding } from './binding';
import { decideCreate } from './create';
import { type Decision, DISRUPTION, refused } from './decision';
import { applyTo } from './field-manager';
import { lateAnswers } from './late';
import { decodeChanged, patchObject } from './patching';
import { inVersion } from './served';
import type { Current, Operation } from './state';
import type { Surroundings } from './surroundings';
import { bodyMismatch, decideNext } from './update';

export function decide(operation: Operation, info: ResourceInfo, current: Current, around: Surroundings): Decision {
  if (operation.subresource === DISRUPTION) return lateAnswers.code.decideDisruption(operation, current, around);
  if (operation.subresource === CHARGE) return lateAnswers.code.chargeQuota(operation, current);
  switch (operation.verb) {
    case 'create':
      switch (operation.subresource) {
        case '':
          return decideCreate(operation, info, current, around);
        case 'binding':
          return decideBinding(operation, info, current, around);
        case 'eviction':
          return lateAnswers.code.decideEviction(operation, info, current, around);
        default:
          return refused(methodNotAllowed(info, 'create'));
      }
    case 'update':
    case 'patch':
      return decideUpdate(operation, info, current, around);
    case 'delete':
      return lateAnswers.code.decideDelete(operation, info, current, around);
  }
}

/** Server-side apply: to what is stored, or to nothing. */
function decideApply(operation: Operation, info: ResourceInfo, current: Current, around: Surroundings): Decision {
  const { object: old } = current;
  const { subresource } = operation;
  const uid = (operation.body as KubeObjectInput | null)?.metadata?.uid ?? '';
  if (old === null && subresource !== '') return refused(notFound(info, operation.name));
  const scales = subresource === 'scale';
  const config = scales ? lateAnswers.code.scaleConfig(operation.body, info) : operation.body;
  const applied = applyTo(operation, info, old, config, subresource, around.now);
  if (applied.type === 'refuse') return refused(applied.status);
  if (old === null && uid !== '') {
    const cause = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    return refused(conflict(info, operation.name, cause));
  }
  const decoded = decodeChanged(operation, info, applied.object, old === null ? null : inVersion(info, old));
  if (decoded.type === 'refuse') return refused(decoded.status);
  if (old !== null) {
    const plain = scales ? { ...operation, subresource: '' } : operation;
    const decision = decideNext(plain, info, old, decoded.object, around, {
      managed: applied.managed,
      subresource,
    });
    return scales ? lateAnswers.code.answeringScale(info, decision) : decision;
  }
  const mismatch = mayNotCreate(operation, info, around) ?? bodyMismatch(operation, info, decoded.object);
  if (mismatch !== null) return mismatch;
  return decideCreate({ ...operation, body: decoded.object }, info, current, around, applied.managed);
}

function decideUpdate(operation: Operation, info: ResourceInfo, current: Current, around: Surroundings): Decision {
  const old = current.object;
  if (operation.verb === 'patch' && isApply(operation.contentType))
    return decideApply(operation, info, current, around);
  if (old === null) {
    if (operation.verb !== 'update' || operation.subresource !== '' || !info.createOnUpdate) {
      return refused(notFound(info, operation.name));
    }
    return (
      mayNotCreate(operation, info, around) ??
      bodyMismatch(operation, info, operation.body as KubeObjectInput) ??
      decideCreate(operation, info, current, around)
    );
  }
  if (operation.subresource === 'scale') return lateAnswers.code.decideScale(operation, info, old, around);
  if (operation.verb === 'update') return decideNext(operation, info, old, operation.body as KubeObjectInput, around);
  const patched = patchObject(operation, info, old);
  if (patched.type === 'refuse') return refused(patched.status);
  return decideNext(operation, info, old, patched.object, around);
}

/** Whoever updates or applies what does not exist must be allowed to create it. */
function mayNotCreate(operation: Operation, info: ResourceInfo, around: Surroundings): Decision | null {
  const creating = { ...attributesOfOperation(operation, info), verb: 'create' };
  const { allowed, reason } = around.authorize(creating);
  return allowed ? null : refused(forbidden(info, operation.name, denialText(creating, reason)));
}

const attributesOfOperation = (
  { asker, verb, namespace, name, subresource }: Operation,
  { group, resource }: ResourceInfo,
): Attributes => ({ user: asker.user, verb, group, resource, subresource, namespace, name, path: '' });
