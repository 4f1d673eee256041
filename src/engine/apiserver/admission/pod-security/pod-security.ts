/**
 * Pod Security Admission: pods that violate what their namespace enforces are refused; what it warns of is told, for workloads
 * by their templates, and for the pods that exist when the label of a namespace is set.
 *
 * @source kubernetes staging/src/k8s.io/pod-security-admission/admission/admission.go, plugin/pkg/admission/security/podsecurity/admission.go
 */
import { aggregateText } from '#engine/api/field-error';
import { byteOrder } from '#engine/api/json';
import { forbidden, invalid } from '#engine/api/status-error';
import type { CronJob, KubeObject, Namespace, Pod, PodTemplate, PodTemplateSpec } from '#engine/api/types';
import type { Surroundings } from '../../surroundings';
import { admit, annotate, type AdmissionRequest, refuse, type Verdict, warn } from '../plugin';
import { type PodLike, SECCOMP_ANNOTATION, SECCOMP_CONTAINER_ANNOTATION } from './checks';
import { PREFIX } from './labels';
import { detailsText, isStricter, type LevelVersion, policyOf, reasonsText, versionText, violationsOf } from './policy';

const MOST_PODS = 3000;
/** Subresources of pods that bring no pod along. */
const IGNORED: ReadonlySet<string> = new Set(['binding', 'eviction', 'status']);

const podLike = ({ metadata, spec }: Pick<Pod, 'metadata' | 'spec'> | PodTemplateSpec): PodLike | null =>
  spec === undefined ? null : { annotations: metadata?.annotations ?? {}, spec };

/** The pod of an object, or of its template. */
function podOf(object: KubeObject): PodLike | null {
  switch (object.kind) {
    case 'Pod':
      return podLike(object);
    case 'PodTemplate':
      return podLike((object as PodTemplate).template ?? {});
    case 'CronJob':
      return podLike((object as CronJob).spec?.jobTemplate.spec?.template ?? {});
    default:
      return podLike((object as { readonly spec?: { readonly template?: PodTemplateSpec } }).spec?.template ?? {});
  }
}

/** Runs only where the namespace has a label of Pod Security. `namespace` is the pod's, or the new one itself. */
export function podSecurity(
  request: AdmissionRequest,
  object: KubeObject,
  namespace: Namespace,
  around: Surroundings,
): Verdict {
  return request.info.kind === 'Namespace'
    ? ofNamespace(request, namespace, around)
    : ofPod(request, object, namespace);
}

function ofPod(request: AdmissionRequest, object: KubeObject, namespace: Namespace): Verdict {
  const isPod = object.kind === 'Pod';
  if (isPod ? IGNORED.has(request.subresource) : request.subresource !== '') return admit(object);
  if (isPod && request.old !== undefined && !isSignificant(object as Pod, request.old as Pod)) return admit(object);
  const pod = podOf(object);
  if (pod === null) return admit(object);
  const { policy, errors } = policyOf(namespace.metadata.labels ?? {});
  const note = (key: string, text: string): void => annotate(request, `${PREFIX}${key}`, text);
  if (errors.length > 0) note('error', `Failed to parse policy: ${aggregateText(errors)}`);
  if (isPod) note('enforce-policy', versionText(policy.enforce));
  const audited = violationsOf(policy.audit, pod);
  if (audited.length > 0)
    note('audit-violations', `would violate PodSecurity "${versionText(policy.audit)}": ${detailsText(audited)}`);
  const enforced = isPod ? violationsOf(policy.enforce, pod) : [];
  if (enforced.length > 0) {
    const text = `violates PodSecurity "${versionText(policy.enforce)}": ${detailsText(enforced)}`;
    return refuse(forbidden(request.info, request.shownName, text));
  }
  const warned = violationsOf(policy.warn, pod);
  if (warned.length > 0)
    warn(request, `would violate PodSecurity "${versionText(policy.warn)}": ${detailsText(warned)}`);
  return admit(object);
}

/** Whether an update changes anything that the standards look at and that may change. */
function isSignificant(next: Pod, old: Pod): boolean {
  const annotation = (pod: Pod, key: string): string | undefined => pod.metadata.annotations?.[key];
  if (annotation(next, SECCOMP_ANNOTATION) !== annotation(old, SECCOMP_ANNOTATION)) return true;
  const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
  return lists.some((field) => {
    const [now, before] = [next.spec[field] ?? [], old.spec[field] ?? []];
    if (now.length !== before.length) return true;
    return now.some(({ name, image }) => {
      const key = SECCOMP_CONTAINER_ANNOTATION + name;
      const same = before.find((container) => container.name === name);
      return same?.image !== image || annotation(next, key) !== annotation(old, key);
    });
  });
}

function ofNamespace(request: AdmissionRequest, namespace: Namespace, around: Surroundings): Verdict {
  const { policy, errors } = policyOf(namespace.metadata.labels ?? {});
  const before = request.old === undefined ? null : policyOf(request.old.metadata.labels ?? {});
  const refusal = errors.length === 0 ? null : invalid(request.info, request.shownName, errors);
  if (before === null) return refusal === null ? admit(namespace) : refuse(refusal);
  const known = before.errors.length === 0 ? null : invalid(request.info, request.shownName, before.errors);
  if (refusal !== null && refusal.message !== known?.message) return refuse(refusal);
  if (isStricter(policy.enforce, before.policy.enforce)) warnOfPods(request, namespace, policy.enforce, around);
  return admit(namespace);
}

/** Tells of the pods that would not be admitted any more, those with the same reasons on one line. */
function warnOfPods(
  request: AdmissionRequest,
  { metadata: { name } }: Namespace,
  enforce: LevelVersion,
  around: Surroundings,
): void {
  const all = around.all('pods', name) as readonly Pod[];
  const byReasons = new Map<string, string[]>();
  for (const pod of all.slice(0, MOST_PODS)) {
    const reasons = reasonsText(violationsOf(enforce, podLike(pod)!));
    if (reasons === '') continue;
    const same = byReasons.get(reasons);
    if (same === undefined) byReasons.set(reasons, [pod.metadata.name]);
    else same.push(pod.metadata.name);
  }
  if (all.length > MOST_PODS) {
    const text = `new PodSecurity enforce level only checked against the first ${MOST_PODS} of ${all.length} existing pods`;
    warn(request, text);
  }
  if (byReasons.size === 0) return;
  warn(
    request,
    `existing pods in namespace "${name}" violate the new PodSecurity enforce level "${versionText(enforce)}"`,
  );
  const lines = [...byReasons].map(([reasons, names]) => {
    const others = names.length - 1;
    const more = others === 0 ? '' : ` (and ${others} other ${others === 1 ? 'pod' : 'pods'})`;
    return `${names.toSorted(byteOrder)[0]}${more}: ${reasons}`;
  });
  for (const line of lines.toSorted(byteOrder)) warn(request, line);
}
