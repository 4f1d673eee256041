/** A View of objects in an array: no indexes, the same answers. */
import { byteOrder } from '#engine/api/json';
import { controllerOf, keyOf } from '#engine/api/meta';
import { standingOf } from '#engine/api/pod-standing';
import type { KubeObject } from '#engine/api/types';
import { isCustom } from '#engine/client/paths';
import type { Collection, ObjectOf, Situation, View } from '#engine/client/plan';
import '../late-controllers';

export function viewOfObjects(objects: readonly KubeObject[]): View {
  const sorted = objects.toSorted((a, b) => byteOrder(keyOf(a), keyOf(b)));
  const plural = ({ apiVersion, kind }: KubeObject): string => `/apis/${apiVersion}/${kind.toLowerCase()}s`;
  const ofKind = <K extends Collection>(kind: K): readonly ObjectOf<K>[] =>
    sorted.filter((object): object is KubeObject & ObjectOf<K> =>
      isCustom(kind) ? plural(object) === kind : object.kind === kind,
    );
  const ownedBy = <K extends Collection>(kind: K, ownerUid: string): readonly ObjectOf<K>[] =>
    ofKind(kind).filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === ownerUid) === true);
  return {
    get: (kind, namespace, name) =>
      ofKind(kind).find(({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace),
    list: (kind, namespace) =>
      ofKind(kind).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
    ownedBy,
    standings: (ownerUid) => ownedBy('Pod', ownerUid).map(standingOf),
    orphans: (kind, namespace) =>
      ofKind(kind).filter((object) => object.metadata.namespace === namespace && controllerOf(object) === undefined),
    unread: () => null,
    podsOn: (node) => ofKind('Pod').filter(({ spec }) => spec.nodeName === node),
  };
}

/** A situation without failures; the memory is `null` unless given. */
export function situation(over?: Partial<Situation>): Situation;
export function situation<Memory>(over: Partial<Situation<Memory>> & { readonly memory: Memory }): Situation<Memory>;
export function situation(over: Partial<Situation<unknown>> = {}): Situation<unknown> {
  return { now: 0, memory: null, settings: { clusterCidr: '10.244.0.0/16' }, failed: [], answers: [], ...over };
}
