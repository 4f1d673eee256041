/**
 * Kinds that are asked and not stored: each request is answered at once.
 *
 * @source kubernetes pkg/registry/{authentication,authorization}/rest/storage_*.go
 */
import { resourceInfo, type ResourceInfo } from '../resource-info';

const row = (group: string, kind: string, namespaced = false): ResourceInfo =>
  resourceInfo(`${group}.k8s.io/v1`, kind, {
    resource: `${kind.toLowerCase()}s`,
    cluster: !namespaced,
    virtual: true,
    verbs: 'create',
  });

export const reviewResources: readonly ResourceInfo[] = [
  row('authentication', 'TokenReview'),
  row('authentication', 'SelfSubjectReview'),
  row('authorization', 'SubjectAccessReview'),
  row('authorization', 'SelfSubjectAccessReview'),
  row('authorization', 'SelfSubjectRulesReview'),
  row('authorization', 'LocalSubjectAccessReview', true),
];
