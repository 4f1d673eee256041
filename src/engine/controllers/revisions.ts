/**
 * ControllerRevisions: what a StatefulSet's or DaemonSet's template was, so that pods can be told apart by it and it can come back.
 *
 * @source kubernetes pkg/controller/history/controller_history.go
 */
import { byteOrder, semanticEqual } from '#engine/api/json';
import { ownerReference } from '#engine/api/meta';
import type { ControllerRevision, KubeObject, KubeObjectInput, LabelSelector } from '#engine/api/types';
import type { View } from '#engine/client/plan';
import { matchesSelector } from '#engine/api/label-selector';
import { type Claim, claim } from './ownership';

/** The label by which DaemonSets and StatefulSets tell which revision a pod is of. */
export const REVISION_HASH = 'controller-revision-hash';

/** What a revision keeps: a strategic merge patch that puts the template back. */
export const revisionData = (template: unknown): { readonly spec: object } => ({
  spec: { template: { ...(template as object), $patch: 'replace' } },
});

/** Revisions of this owner, oldest first, and the patches that make orphans its own. */
export function revisionsOf(
  view: View,
  owner: KubeObject,
  selector: LabelSelector | undefined,
): Claim<ControllerRevision> {
  const orphans = view.orphans('ControllerRevision', owner.metadata.namespace ?? '');
  const own = view.ownedBy('ControllerRevision', owner.metadata.uid);
  const claimed = claim(owner, ({ metadata }) => matchesSelector(selector, metadata.labels), [...own, ...orphans]);
  return { owned: [...claimed.owned].sort(olderFirst), patches: claimed.patches };
}

const olderFirst = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision ||
  byteOrder(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
  byteOrder(a.metadata.name, b.metadata.name);

/** The number of the next revision. @param revisions - oldest first */
export const nextRevision = (revisions: readonly ControllerRevision[]): number =>
  (revisions[revisions.length - 1]?.revision ?? 0) + 1;

export const isSameRevision = (revision: ControllerRevision, data: unknown): boolean =>
  semanticEqual(revision.data, data);

/** What a revision is called and says. */
interface Parts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly data: object;
  readonly revision: number;
}

export function newRevision(
  owner: KubeObject,
  { name, labels, annotations, data, revision }: Parts,
): KubeObjectInput & { readonly data: object; readonly revision: number } {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? '',
      labels: { ...labels },
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ownerReferences: [ownerReference(owner)],
    },
    data,
    revision,
  };
}

/** The name of a revision; a long owner's gives way. @source history.ControllerRevisionName */
export const revisionName = (owner: string, hash: string): string => `${owner.slice(0, 223)}-${hash}`;

/** The oldest that no pod needs, as many as are over the limit. @param revisions - oldest first, without the live ones of now */
export function surplusRevisions(
  revisions: readonly ControllerRevision[],
  limit: number,
  isLive: (revision: ControllerRevision) => boolean,
): readonly ControllerRevision[] {
  const surplus = revisions.length - limit;
  return surplus <= 0 ? [] : revisions.filter((revision) => !isLive(revision)).slice(0, surplus);
}
