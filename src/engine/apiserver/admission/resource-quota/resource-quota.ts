/**
 * Quotas: what would use more than they allow is refused; what they admit is charged to their status first, by a write of its
 * own each, which decides on what etcd has.
 *
 * @source kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go
 */
import { sortedKeys } from '#engine/api/json';
import { canonicalQuantity, compareQuantities } from '#engine/api/quantity';
import {
  countedOf,
  increaseOf,
  isInScope,
  maskOf,
  type ResourceList,
  sumOf,
  unsaidBy,
  usageOf,
  withoutZeros,
} from '#engine/api/quota/usage';
import { forbidden, type GroupResource, groupResourceText } from '#engine/api/status-error';
import type { KubeObject, Pod, ResourceQuota, Status } from '#engine/api/types';
import { type Decision, refused, respond } from '../../decision';
import type { Current, Operation } from '../../state';
import { admit, type AdmissionRequest, refuse, type Verdict } from '../plugin';
import { CHARGE } from './charge';

/** What a charge is about: the body of its operation. */
interface Charge {
  readonly usage: ResourceList;
  readonly of: GroupResource;
  readonly shownName: string;
  /** A status may use more than there is: it tells what is so already. */
  readonly always: boolean;
}

const listText = (list: ResourceList): string =>
  sortedKeys(list)
    .map((name) => `${name}=${canonicalQuantity(list[name] ?? '0')}`)
    .join(',');

const hardOf = ({ status }: ResourceQuota): ResourceList => status?.hard ?? {};
const usedOf = ({ status }: ResourceQuota): ResourceList => status?.used ?? {};

/** What a quota would hold with a charge, or its refusal. */
function charged(
  quota: ResourceQuota,
  { usage, of, shownName, always }: Charge,
): { readonly used: ResourceList } | { readonly refusal: Status } {
  const [hard, used] = [hardOf(quota), usedOf(quota)];
  const requested = maskOf(usage, Object.keys(hard));
  const next = sumOf(used, requested);
  const exceeded = Object.keys(requested).filter((name) => compareQuantities(next[name], hard[name]) > 0);
  if (exceeded.length === 0 || always) return { used: next };
  const [asked, had, limit] = [requested, used, hard].map((list) => listText(maskOf(list, exceeded)));
  const text = `exceeded quota: ${quota.metadata.name}, requested: ${asked}, used: ${had}, limited: ${limit}`;
  return { refusal: forbidden(of, shownName, text) };
}

/** @param now - µs */
export function resourceQuota(
  request: AdmissionRequest,
  object: KubeObject,
  quotas: readonly ResourceQuota[],
  now: number,
): Verdict {
  const { info, shownName, old, operation } = request;
  const id = groupResourceText(info);
  const refusal = (text: string): Verdict => refuse(forbidden(info, shownName, text));
  const usage = usageOf(id, object, now);
  let first: Verdict | null = null;
  for (const quota of quotas) {
    const { name } = quota.metadata;
    const names = countedOf(id, Object.keys(hardOf(quota)));
    if (names.length === 0 || !isInScope(id, object, quota) || operation.taken?.includes(name)) continue;
    const unsaid = id === 'pods' ? unsaidBy(object as Pod, names) : null;
    if (unsaid !== null) return refusal(`failed quota: ${name}: ${unsaid}`);
    if (names.some((resource) => usedOf(quota)[resource] === undefined))
      return refusal(`status unknown for quota: ${name}, resources: ${names.toSorted().join(',')}`);
    const counted = old !== undefined && isInScope(id, old, quota);
    const increase = withoutZeros(counted ? increaseOf(usage, usageOf(id, old, now)) : usage);
    if (Object.keys(maskOf(increase, names)).length === 0) continue;
    const body: Charge = {
      usage: increase,
      of: { group: info.group, resource: info.resource },
      shownName,
      always: request.subresource === 'status',
    };
    const next = charged(quota, body);
    if ('refusal' in next) return refuse(next.refusal);
    if (!operation.options.dryRun)
      first ??= { type: 'first', resource: 'resourcequotas', name, subresource: CHARGE, body };
  }
  return first ?? admit(object);
}

/** Charges a quota, given what is stored. */
export function chargeQuota(operation: Operation, current: Current): Decision {
  const quota = current.object as ResourceQuota | null;
  // A quota that is gone limits nothing.
  if (quota === null) return respond(200, null);
  const next = charged(quota, operation.body as Charge);
  if ('refusal' in next) return refused(next.refusal);
  return {
    type: 'write',
    object: { ...quota, status: { ...quota.status, used: next.used } } as ResourceQuota,
    code: 200,
  };
}
