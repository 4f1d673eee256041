/**
 * Whether an API in a group of the community has been approved.
 *
 * @source kubernetes apiextensions-apiserver/pkg/apihelpers/helpers.go, pkg/controller/apiapproval/apiapproval_controller.go
 */
import { quote } from '../field-error';
import type { CustomResourceDefinition } from '../types';

export const APPROVAL = 'api-approved.kubernetes.io';
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';
const MUST = `protected groups must have approval annotation ${quote(APPROVAL)}`;

const isWithin = (group: string, domain: string): boolean => group === domain || group.endsWith(`.${domain}`);

export interface Approval {
  readonly reason: 'ApprovedAnnotation' | 'UnapprovedAnnotation' | 'MissingAnnotation' | 'InvalidAnnotation';
  readonly message: string;
}

/** What is said of the approval; null: the group needs none. */
export function approvalOf({ metadata, spec }: CustomResourceDefinition): Approval | null {
  const { group = '' } = (spec as Partial<CustomResourceDefinition['spec']> | undefined) ?? {};
  if (!isWithin(group, 'k8s.io') && !isWithin(group, 'kubernetes.io')) return null;
  const given = metadata.annotations?.[APPROVAL] ?? '';
  if (given === '') return { reason: 'MissingAnnotation', message: `${MUST}, ${SEE}` };
  if (given.startsWith('unapproved'))
    return { reason: 'UnapprovedAnnotation', message: `not approved: ${quote(given)}` };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/\s]/.test(given))
    return { reason: 'ApprovedAnnotation', message: `approved in ${given}` };
  return {
    reason: 'InvalidAnnotation',
    message: `${MUST} with either a URL or a reason starting with "unapproved", ${SEE}`,
  };
}
