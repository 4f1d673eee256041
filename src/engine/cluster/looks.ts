/**
 * What somebody sees who looks closer at one object: its versions as etcd still has them, what belongs to it, what its
 * containers have written. Late code; reads what lies there and changes nothing.
 */
import { resources } from '#engine/api/registry';
import type { KubeObject, Pod } from '#engine/api/types';
import { keyOf, objectOf, prefixOf } from '#engine/apiserver/storage';
import { readRecords } from '#engine/kernel/disk';
import type { Store } from '#engine/etcd/mvcc';
import type { KeyValue } from '#engine/etcd/wire';
import type { Kernel } from '#engine/kernel/kernel';
import { containerd } from '#engine/node/runtime/containerd';
import { type LogRecord, podLogDirectory, writeOf, writesIn } from '#engine/node/runtime/log-record';
import type { CloserLook, CloserLooks, ContainerLines, ObjectHistory, ObjectVersion, Relation } from './door';
import { bondsOf, selectsPods } from './look-bonds';
import { containersOn } from './look-containers';
import { structureOf } from './look-structure';
import { leadingMember, stateOf } from './observe/truth';
import type { Subject } from './records';

/** Versions that are told: nobody reads more of them. */
const MOST_VERSIONS = 40;
const MOST_RELATIONS = 200;

/**
 * The key of an object, also of a kind that a definition has added: where it lies, or lay as far back as etcd still knows.
 * Null: nowhere.
 */
function keyIn(store: Store, { kind, namespace, name }: Subject): string | null {
  const info = resources.find((row) => row.kind === kind);
  const usual = info === undefined ? null : keyOf(prefixOf(info), namespace, name);
  if (usual !== null && store.live.has(usual)) return usual;
  const rest = keyOf('/', namespace, name);
  const holds = (kv: KeyValue): boolean => kv.key.endsWith(rest) && (kv.value as KubeObject | null)?.kind === kind;
  for (const kv of store.live.values()) if (holds(kv)) return kv.key;
  return store.history.findLast(({ kv, prev }) => holds(prev ?? kv))?.kv.key ?? usual;
}

/** What an object was, from the oldest version that etcd has not compacted. */
function versionsOf(kernel: Kernel, subject: Subject): ObjectHistory {
  const store = leadingMember(kernel)?.state.store;
  const key = store === undefined ? null : keyIn(store, subject);
  if (store === undefined || key === null) return { versions: [], compacted: false };
  const versions: ObjectVersion[] = [];
  const add = (kv: (typeof store.history)[number]['kv'], type: 'put' | 'delete'): void => {
    const at = kernel.causeOf(kv.cause)?.at ?? null;
    versions.push({ revision: kv.modRevision, at, event: kv.cause, object: type === 'put' ? objectOf(kv) : null });
  };
  let oldest = 0;
  for (const { type, kv, prev } of store.history) {
    if (kv.key !== key) continue;
    if (versions.length === 0 && prev !== null) {
      oldest = prev.version;
      add(prev, 'put');
    }
    oldest ||= kv.version;
    add(kv, type);
  }
  const live = store.live.get(key);
  if (versions.length === 0 && live !== undefined) {
    oldest = live.version;
    add(live, 'put');
  }
  return { versions: versions.slice(-MOST_VERSIONS), compacted: oldest > 1 || versions.length > MOST_VERSIONS };
}

/** The parts of a pod's spec that name other objects. */
function* namedBy(spec: Pod['spec']): Generator<readonly [kind: string, name: string]> {
  for (const { configMap, secret, persistentVolumeClaim, projected } of spec.volumes ?? []) {
    if (configMap?.name !== undefined) yield ['ConfigMap', configMap.name];
    if (secret?.secretName !== undefined) yield ['Secret', secret.secretName];
    if (persistentVolumeClaim?.claimName !== undefined)
      yield ['PersistentVolumeClaim', persistentVolumeClaim.claimName];
    for (const source of projected?.sources ?? []) {
      if (source.configMap?.name !== undefined) yield ['ConfigMap', source.configMap.name];
      if (source.secret?.name !== undefined) yield ['Secret', source.secret.name];
    }
  }
  for (const { env, envFrom } of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const { valueFrom } of env ?? []) {
      if (valueFrom?.configMapKeyRef?.name !== undefined) yield ['ConfigMap', valueFrom.configMapKeyRef.name];
      if (valueFrom?.secretKeyRef?.name !== undefined) yield ['Secret', valueFrom.secretKeyRef.name];
    }
    for (const { configMapRef, secretRef } of envFrom ?? []) {
      if (configMapRef?.name !== undefined) yield ['ConfigMap', configMapRef.name];
      if (secretRef?.name !== undefined) yield ['Secret', secretRef.name];
    }
  }
}

const subjectOf = ({ kind, metadata }: KubeObject): Subject => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** How `from` is bound to `to`, by what stands in `from`; its owners apart. */
function* bonds(from: KubeObject, to: KubeObject): Generator<'selects' | 'mounts' | 'scales'> {
  if (to.kind === 'Pod' && selectsPods(from, to)) yield 'selects';
  if (from.metadata.namespace !== to.metadata.namespace) return;
  if (from.kind === 'Pod') {
    for (const [kind, name] of namedBy((from as Pod).spec)) {
      if (kind !== to.kind || name !== to.metadata.name) continue;
      yield 'mounts';
      return;
    }
  }
  if (from.kind === 'HorizontalPodAutoscaler') {
    const { scaleTargetRef } = (
      from as unknown as { readonly spec: { readonly scaleTargetRef?: { kind?: string; name?: string } } }
    ).spec;
    if (scaleTargetRef?.kind === to.kind && scaleTargetRef.name === to.metadata.name) yield 'scales';
  }
}

/** Owners up to the topmost, what it owns, and what else names or selects it or is named and selected by it. */
function relationsOf(kernel: Kernel, subject: Subject): readonly Relation[] {
  const store = leadingMember(kernel)?.state.store;
  const own = store?.live.get(keyIn(store, subject) ?? '');
  if (store === undefined || own === undefined) return [];
  const object = own.value as KubeObject;
  const byUid = new Map<string, KubeObject>();
  const relations: Relation[] = [];
  const add = (how: Relation['how'], other: KubeObject, depth = 0): void => {
    if (relations.length < MOST_RELATIONS) relations.push({ how, depth, subject: subjectOf(other) });
  };
  for (const { value } of store.live.values()) {
    const other = value as KubeObject | null;
    if (typeof other !== 'object' || other?.metadata?.uid === undefined || other.kind === 'Event') continue;
    byUid.set(other.metadata.uid, other);
    if (other === object) continue;
    for (const bond of bonds(object, other)) add(bond, other);
    for (const bond of bonds(other, object)) add(`${bond}-by`, other);
  }
  const owners: KubeObject[] = [];
  for (let at: KubeObject | undefined = object; at !== undefined && owners.length < 10;) {
    const reference: { readonly uid: string } | undefined = at.metadata.ownerReferences?.[0];
    at = reference === undefined ? undefined : byUid.get(reference.uid);
    if (at !== undefined) owners.push(at);
  }
  const owned = new Map<string, KubeObject[]>();
  for (const other of byUid.values()) {
    for (const { uid } of other.metadata.ownerReferences ?? []) owned.set(uid, [...(owned.get(uid) ?? []), other]);
  }
  owners.reverse().forEach((owner, depth) => add('owned-by', owner, depth));
  const descend = (uid: string, depth: number): void => {
    if (depth > 5) return;
    for (const other of owned.get(uid) ?? []) {
      add('owns', other, depth);
      descend(other.metadata.uid, depth + 1);
    }
  };
  descend(object.metadata.uid, 0);
  return relations;
}

/**
 * The last lines of a container's log, as they lie on its machine's disk.
 *
 * @param container - absent: the first that there is a log of
 */
function containerLines(kernel: Kernel, pod: Subject, container: string | null, most: number): ContainerLines | null {
  const info = resources.find((row) => row.kind === 'Pod')!;
  const stored = leadingMember(kernel)?.state.store.live.get(keyOf(prefixOf(info), pod.namespace, pod.name));
  const { metadata, spec } = (stored?.value ?? {}) as Partial<Pod>;
  const machine = kernel.machines.get(spec?.nodeName ?? '');
  if (metadata === undefined || spec === undefined || machine === undefined) return null;
  const containers = [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name);
  const shown = container ?? spec.containers[0]?.name ?? '';
  const folder = `${podLogDirectory({ ...pod, uid: metadata.uid })}${shown}/`;
  let attempt = -1;
  for (const file of machine.disk.files.keys()) {
    if (!file.startsWith(folder) || !file.endsWith('.log')) continue;
    attempt = Math.max(attempt, Number(file.slice(folder.length, -'.log'.length)));
  }
  const file = `${folder}${attempt}.log`;
  const records = [...(readRecords(machine.disk, file) as readonly LogRecord[])];
  for (const process of machine.processes) {
    for (const { log } of stateOf(process, containerd)?.containers.values() ?? []) {
      if (log?.file !== file && !(attempt < 0 && log?.file.startsWith(folder))) continue;
      if (log !== null && log.pending !== null) records.push(log.pending);
    }
  }
  const lines: ContainerLines['lines'][number][] = [];
  let more = false;
  for (let at = records.length - 1; at >= 0 && !more; at--) {
    const record = records[at]!;
    for (let write = writesIn(record) - 1; write >= 0; write--) {
      const { at: when, stream, text } = writeOf(record, write);
      const said = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
      for (const line of said.reverse()) lines.push({ at: when, stream, text: line });
      if (lines.length < most) continue;
      more = true;
      break;
    }
  }
  return { containers, container: shown, attempt: Math.max(0, attempt), lines: lines.reverse().slice(-most), more };
}

/** Observers are told of these one by one, or there are too many that nobody looks for. */
const UNNAMED: ReadonlySet<string> = new Set(['Pod', 'Node', 'Event', 'Lease']);

/** In the order of the keys in etcd. */
function namesOf(kernel: Kernel): readonly Subject[] {
  const names: Subject[] = [];
  for (const { value } of leadingMember(kernel)?.state.store.live.values() ?? []) {
    const object = value as Partial<KubeObject> | null;
    if (typeof object !== 'object' || object?.metadata?.uid === undefined || UNNAMED.has(object.kind ?? '')) continue;
    names.push(subjectOf(object as KubeObject));
  }
  return names;
}

const MOST_LINES = 2_000;

/** Answers a closer look. */
export function closerLook<What extends CloserLook>(kernel: Kernel, what: What): CloserLooks[What['type']] {
  const look: CloserLook = what;
  switch (look.type) {
    case 'versions':
      return versionsOf(kernel, look.subject) as CloserLooks[What['type']];
    case 'relations':
      return relationsOf(kernel, look.subject) as CloserLooks[What['type']];
    case 'structure':
      return structureOf(kernel) as CloserLooks[What['type']];
    case 'names':
      return namesOf(kernel) as CloserLooks[What['type']];
    case 'bonds':
      return bondsOf(kernel) as CloserLooks[What['type']];
    case 'containers':
      return containersOn(kernel, look.nodes) as CloserLooks[What['type']];
    case 'container-lines':
      return containerLines(kernel, look.subject, look.container, MOST_LINES) as CloserLooks[What['type']];
  }
}
