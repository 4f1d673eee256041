/**
 * The objects that a binding gives to the expressions of its policy.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/policy/generic/{policy_dispatcher,policy_source}.go (CollectParams)
 */
import { matchesSelector } from '#engine/api/label-selector';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '#engine/api/types';
import { inVersion } from '../../served';
import type { Surroundings } from '../../surroundings';

type ParamKind = NonNullable<NonNullable<ValidatingAdmissionPolicy['spec']>['paramKind']>;
type ParamRef = NonNullable<NonNullable<ValidatingAdmissionPolicyBinding['spec']>['paramRef']>;

export const paramResource = (
  { apiVersion = '', kind = '' }: ParamKind,
  around: Surroundings,
): ResourceInfo | string => {
  const info = around.resources.byKind(apiVersion, kind);
  return info === undefined || info.store === ''
    ? `failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`
    : info;
};

/** @returns the parameters, null for none; or why they cannot be had */
export function collectParams(
  info: ResourceInfo | undefined,
  ref: ParamRef | undefined,
  requestNamespace: string,
  around: Surroundings,
): readonly (KubeObject | null)[] | string {
  if (info === undefined || ref === undefined) return [null];
  const given = ref.namespace ?? '';
  const namespace = info.namespaced ? given || requestNamespace : '';
  if (info.namespaced && namespace === '')
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  if (!info.namespaced && given !== '')
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  const found = find(info, ref, namespace, around);
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  return found.map((object) => inVersion(info, object));
}

function find(info: ResourceInfo, ref: ParamRef, namespace: string, around: Surroundings): readonly KubeObject[] {
  const { name = '', selector } = ref;
  if (name !== '') {
    const one = around.find(info.store, namespace, name);
    return one === undefined ? [] : [one];
  }
  const all = around.all(info.store, info.namespaced ? namespace : undefined);
  return all.filter(({ metadata }) => matchesSelector(selector, metadata.labels));
}
