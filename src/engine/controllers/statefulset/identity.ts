/**
 * What makes a pod the one of its ordinal: its name, its labels, its claims.
 *
 * @source kubernetes pkg/controller/statefulset/stateful_set_utils.go
 */
import { deepEqual } from '#engine/api/json';
import { isPodReady, isPodTerminal, ownerReference } from '#engine/api/meta';
import type {
  KubeObjectInput,
  OwnerReference,
  PersistentVolumeClaim,
  Pod,
  PodSpec,
  PodTemplateSpec,
  StatefulSet,
} from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { isPodAvailable } from '../availability';
import { podFromTemplate, type PodInput } from '../pod-from-template';
import { REVISION_HASH } from '../revisions';

export const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

const NO_SPEC = {} as NonNullable<StatefulSet['spec']>;
export const specOf = ({ spec = NO_SPEC }: StatefulSet): NonNullable<StatefulSet['spec']> => spec;
export const templateOf = (set: StatefulSet): PodTemplateSpec => specOf(set).template ?? {};

/** The set that a pod's name says, and its ordinal; none: '' and −1. */
export function parentAndOrdinal(name: string): { readonly parent: string; readonly ordinal: number } {
  const dash = name.lastIndexOf('-');
  const digits = name.slice(dash + 1);
  const isNumber = dash > 0 && /^[0-9]{1,10}$/.test(digits) && Number(digits) <= 2_147_483_647;
  return isNumber ? { parent: name.slice(0, dash), ordinal: Number(digits) } : { parent: '', ordinal: -1 };
}

export const ordinalOf = (pod: Pod): number => parentAndOrdinal(pod.metadata.name).ordinal;
export const isMember = (set: StatefulSet, pod: Pod): boolean =>
  parentAndOrdinal(pod.metadata.name).parent === set.metadata.name;

export const startOrdinal = (set: StatefulSet): number => specOf(set).ordinals?.start ?? 0;
export const replicasOf = (set: StatefulSet): number => specOf(set).replicas ?? 1;

export const podNameAt = ({ metadata }: StatefulSet, ordinal: number): string => `${metadata.name}-${ordinal}`;
export const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[REVISION_HASH] ?? '';

export const isCreated = ({ status }: Pod): boolean => (status.phase ?? '') !== '';
export const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
export const isRunningAndReady = (pod: Pod): boolean => pod.status.phase === 'Running' && isPodReady(pod);
export const isHealthy = (pod: Pod): boolean => isRunningAndReady(pod) && !isTerminating(pod);
export const isOver = isPodTerminal;
export const isAvailable = (pod: Pod, set: StatefulSet, now: Micros): boolean =>
  isPodAvailable(pod, specOf(set).minReadySeconds ?? 0, now);

const claimName = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${set.metadata.name}-${ordinal}`;

type ClaimInput = KubeObjectInput & { readonly spec?: PersistentVolumeClaim['spec'] };

/** The claims of an ordinal, by the names of their templates. */
export function claimsOf(set: StatefulSet, ordinal: number): ReadonlyMap<string, ClaimInput> {
  const { volumeClaimTemplates = [], selector } = specOf(set);
  return new Map(
    volumeClaimTemplates.map(({ metadata, spec }) => {
      const template = metadata?.name ?? '';
      const { resourceVersion: _version, uid: _uid, creationTimestamp: _created, ...kept } = metadata ?? {};
      const claim: ClaimInput = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          ...kept,
          name: claimName(set, template, ordinal),
          namespace: set.metadata.namespace ?? '',
          labels: { ...metadata?.labels, ...selector?.matchLabels },
        },
        ...(spec === undefined ? {} : { spec }),
      };
      return [template, claim];
    }),
  );
}

/** The volumes of its claims first, then those of the template that no claim hides. */
function withStorage(set: StatefulSet, ordinal: number, spec: PodSpec): PodSpec {
  const claims = claimsOf(set, ordinal);
  if (claims.size === 0) return spec;
  const own = [...claims].map(([name, { metadata }]) => ({
    name,
    persistentVolumeClaim: { claimName: metadata?.name ?? '' },
  }));
  return { ...spec, volumes: [...own, ...(spec.volumes ?? []).filter(({ name }) => !claims.has(name))] };
}

/** The pod of an ordinal, of this template and revision. */
export function podAt(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): PodInput {
  const name = podNameAt(set, ordinal);
  const { metadata, ...made } = podFromTemplate(set, template);
  const { generateName: _prefix, ...kept } = metadata ?? {};
  const labels = {
    ...kept.labels,
    [POD_NAME]: name,
    [POD_INDEX]: String(ordinal),
    [REVISION_HASH]: revision,
  };
  const { serviceName: subdomain = '' } = specOf(set);
  const named = { ...made.spec, hostname: name, ...(subdomain === '' ? {} : { subdomain }) };
  const spec = withStorage(set, ordinal, named);
  return { ...made, metadata: { ...kept, name, labels }, spec };
}

/** The pod with its name and its storage as they must be; the pod itself when they are. */
export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const ordinal = ordinalOf(pod);
  const spec = withStorage(set, ordinal, pod.spec);
  const { labels = {} } = pod.metadata;
  const isNamed = labels[POD_NAME] === pod.metadata.name && labels[POD_INDEX] === String(ordinal);
  if (isNamed && hasClaims(set, ordinal, pod)) return pod;
  const marked = { ...labels, [POD_NAME]: pod.metadata.name, [POD_INDEX]: String(ordinal) };
  return { ...pod, metadata: { ...pod.metadata, labels: marked }, spec };
}

const hasClaims = (set: StatefulSet, ordinal: number, pod: Pod): boolean =>
  [...claimsOf(set, ordinal)].every(([volume, { metadata }]) =>
    (pod.spec.volumes ?? []).some(
      ({ name, persistentVolumeClaim }) =>
        name === volume && persistentVolumeClaim?.claimName === (metadata?.name ?? ''),
    ),
  );

/** Whether a set's claims go with it or with their pods. */
export function retentionOf(set: StatefulSet): { readonly whenDeleted: boolean; readonly whenScaled: boolean } {
  const policy = specOf(set).persistentVolumeClaimRetentionPolicy;
  return { whenDeleted: policy?.whenDeleted === 'Delete', whenScaled: policy?.whenScaled === 'Delete' };
}

/**
 * The owners that a claim should have by the set's retention policy; null when it has them.
 *
 * @param pod - the pod of its ordinal; absent: it is not there
 */
export function ownersOfClaim(
  set: StatefulSet,
  claim: PersistentVolumeClaim,
  pod: Pod | undefined,
  isCondemned: boolean,
): readonly OwnerReference[] | null {
  const { whenDeleted, whenScaled } = retentionOf(set);
  const before = claim.metadata.ownerReferences ?? [];
  const isForeign = ({ controller, uid }: OwnerReference): boolean =>
    controller === true && uid !== set.metadata.uid && uid !== pod?.metadata.uid;
  // Somebody else manages the claim: the policy is not for it.
  if (before.some(isForeign)) return null;
  const others = before.filter(
    ({ kind, name }) =>
      !(kind === 'StatefulSet' && name === set.metadata.name) && !(kind === 'Pod' && name === podNameOf(set, claim)),
  );
  const owner = isCondemned && whenScaled ? pod : whenDeleted ? set : undefined;
  const after = owner === undefined ? others : [...others, ownerReference(owner)];
  const same =
    after.length === before.length &&
    after.every(({ uid, kind }) => before.some((reference) => reference.uid === uid && reference.kind === kind));
  return same || deepEqual(after, before) ? null : after;
}

const podNameOf = (set: StatefulSet, { metadata }: PersistentVolumeClaim): string =>
  podNameAt(set, parentAndOrdinal(metadata.name).ordinal);

/** Whether a claim belongs to a pod of its name that was there before this one. */
export const isStale = ({ metadata }: PersistentVolumeClaim, pod: Pod | undefined, name: string): boolean =>
  (metadata.ownerReferences ?? []).some(
    (reference) => reference.kind === 'Pod' && reference.name === name && reference.uid !== pod?.metadata.uid,
  );
