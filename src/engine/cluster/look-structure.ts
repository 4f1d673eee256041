/** How the objects of the whole cluster hang together: who makes whose pods, which claims they use, whom services send to. Reads only. */
import { controllerOf } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import type {
  EndpointSlice,
  Ingress,
  KubeObject,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Service,
  StatefulSet,
  VolumeAttachment,
} from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { leadingMember } from './observe/truth';
import { mountsOf } from './look-mounts';
import type { ClaimEntry, IngressEntry, OwnerEntry, ServiceEntry, Structure } from './structure';

/** Kinds that make pods or what makes pods, also while there are none. */
const WORKLOADS: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
]);
/** Nobody's pods, and too many to be kept in mind. */
const PASSED_OVER: ReadonlySet<string> = new Set(['Event', 'Lease', 'ConfigMap', 'Secret', 'ServiceAccount']);
const NONE: readonly string[] = [];

/** The counts that a kind of workload has, as far as an object has them. */
interface Counted {
  readonly spec?: { readonly replicas?: unknown; readonly completions?: unknown; readonly parallelism?: unknown };
  readonly status?: Readonly<Record<string, unknown>>;
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function countsOf(object: KubeObject): Pick<OwnerEntry, 'desired' | 'ready'> {
  const { spec, status } = object as Counted;
  if (object.kind === 'DaemonSet')
    return { desired: numberOf(status?.['desiredNumberScheduled']), ready: numberOf(status?.['numberReady']) ?? 0 };
  if (object.kind === 'Job') {
    const desired = numberOf(spec?.completions) ?? numberOf(spec?.parallelism);
    return { desired, ready: numberOf(status?.['succeeded']) ?? 0 };
  }
  const desired = numberOf(spec?.replicas);
  return { desired, ready: desired === null ? null : (numberOf(status?.['readyReplicas']) ?? 0) };
}

function ownerEntry(object: KubeObject): OwnerEntry {
  const { uid, namespace = '', name, creationTimestamp } = object.metadata;
  return {
    uid,
    kind: object.kind,
    namespace,
    name,
    createdAt: parseTimestamp(creationTimestamp),
    owner: controllerOf(object)?.uid ?? null,
    ...countsOf(object),
  };
}

/** Which StatefulSet made a claim: its name is that of a template of the set, of the set, and an ordinal (pkg/controller/statefulset). */
function makerOf({ metadata }: KubeObject, sets: readonly StatefulSet[]): string | null {
  for (const { metadata: of, spec } of sets) {
    if (of.namespace !== metadata.namespace) continue;
    for (const template of spec?.volumeClaimTemplates ?? []) {
      const stem = `${template.metadata?.name ?? ''}-${of.name}-`;
      if (metadata.name.startsWith(stem) && /^\d+$/.test(metadata.name.slice(stem.length))) return of.uid;
    }
  }
  return null;
}

const qualified = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/** Endpoints of Services by `namespace/name`. */
class Endpoints {
  readonly ready = new Map<string, Set<string>>();
  readonly notReady = new Map<string, Set<string>>();
  readonly addresses = new Map<string, Set<string>>();

  add(slice: EndpointSlice): void {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (service === undefined) return;
    const key = qualified(slice.metadata.namespace, service);
    for (const { targetRef, conditions, addresses } of slice.endpoints ?? []) {
      if (targetRef?.uid !== undefined && targetRef.kind === 'Pod')
        addTo(conditions?.ready === false ? this.notReady : this.ready, key, targetRef.uid);
      else for (const address of addresses) addTo(this.addresses, key, address);
    }
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}

function serviceEntry({ metadata, spec }: Service, endpoints: Endpoints): ServiceEntry {
  const key = qualified(metadata.namespace, metadata.name);
  return {
    uid: metadata.uid,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    type: spec.type ?? 'ClusterIP',
    createdAt: parseTimestamp(metadata.creationTimestamp),
    clusterIP: spec.clusterIP ?? '',
    ports: (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`),
    ready: [...(endpoints.ready.get(key) ?? NONE)],
    notReady: [...(endpoints.notReady.get(key) ?? NONE)],
    addresses: [...(endpoints.addresses.get(key) ?? NONE)],
  };
}

function ingressEntry({ metadata, spec }: Ingress): IngressEntry {
  const routes: IngressEntry['routes'][number][] = [];
  const fallback = spec?.defaultBackend?.service?.name;
  if (fallback !== undefined) routes.push({ from: '*', service: fallback });
  for (const { host, http } of spec?.rules ?? []) {
    for (const { path, backend } of http?.paths ?? []) {
      const service = backend.service?.name;
      if (service !== undefined) routes.push({ from: `${host ?? '*'}${path ?? '/'}`, service });
    }
  }
  return { namespace: metadata.namespace ?? '', name: metadata.name, routes };
}

/** All of it, in the order of the keys in etcd. */
export function structureOf(kernel: Kernel): Structure {
  const things = new Map<string, KubeObject>();
  const wanted = new Set<string>();
  const usedBy = new Map<string, string[]>();
  const believed = new Map<string, Set<string>>();
  const claims: PersistentVolumeClaim[] = [];
  const volumes = new Map<string, PersistentVolume>();
  const attached = new Map<string, Set<string>>();
  const services: Service[] = [];
  const ingresses: IngressEntry[] = [];
  const endpoints = new Endpoints();
  for (const { value } of leadingMember(kernel)?.state.store.live.values() ?? []) {
    const object = value as KubeObject | null;
    if (typeof object !== 'object' || object?.metadata?.uid === undefined || PASSED_OVER.has(object.kind)) continue;
    const { uid, namespace, name } = object.metadata;
    if (object.kind === 'Pod') {
      const owner = controllerOf(object)?.uid;
      if (owner !== undefined) wanted.add(owner);
      for (const { persistentVolumeClaim } of (object as Pod).spec.volumes ?? []) {
        if (persistentVolumeClaim === undefined) continue;
        const key = qualified(namespace, persistentVolumeClaim.claimName);
        const pods = usedBy.get(key);
        if (pods) pods.push(uid);
        else usedBy.set(key, [uid]);
        const { spec, status } = object as Pod;
        if (status.phase === 'Running' && spec.nodeName !== undefined) addTo(believed, key, spec.nodeName);
      }
      continue;
    }
    things.set(uid, object);
    if (WORKLOADS.has(object.kind)) wanted.add(uid);
    if (object.kind === 'PersistentVolumeClaim') claims.push(object as PersistentVolumeClaim);
    else if (object.kind === 'PersistentVolume') volumes.set(name, object as PersistentVolume);
    else if (object.kind === 'VolumeAttachment') {
      const { spec, status } = object as VolumeAttachment;
      const volume = spec.source.persistentVolumeName;
      if (status?.attached === true && volume !== undefined) addTo(attached, volume, spec.nodeName);
    } else if (object.kind === 'Service') services.push(object as Service);
    else if (object.kind === 'Ingress') ingresses.push(ingressEntry(object as Ingress));
    else if (object.kind === 'EndpointSlice') endpoints.add(object as EndpointSlice);
  }
  const owners: OwnerEntry[] = [];
  // The set grows by the owners' own owners while it is walked.
  for (const uid of wanted) {
    const object = things.get(uid);
    if (object === undefined) continue;
    const entry = ownerEntry(object);
    owners.push(entry);
    if (entry.owner !== null) wanted.add(entry.owner);
  }
  const sets = owners.flatMap(({ uid, kind }) => (kind === 'StatefulSet' ? [things.get(uid) as StatefulSet] : []));
  const mounts = mountsOf(kernel, volumes.values());
  return {
    owners,
    claims: claims.map((claim): ClaimEntry => {
      const { uid, namespace, name } = claim.metadata;
      const volume = claim.spec?.volumeName;
      return {
        uid,
        namespace: namespace ?? '',
        name,
        phase: claim.status?.phase ?? 'Pending',
        volume:
          volume === undefined || volume === ''
            ? null
            : { name: volume, phase: volumes.get(volume)?.status?.phase ?? '' },
        statefulSet: makerOf(claim, sets),
        pods: usedBy.get(qualified(namespace, name)) ?? NONE,
        believed: [
          ...new Set([...(attached.get(volume ?? '') ?? NONE), ...(believed.get(qualified(namespace, name)) ?? NONE)]),
        ].sort(),
        mounted: mounts.get(volume ?? '') ?? NONE,
      };
    }),
    services: services.map((service) => serviceEntry(service, endpoints)),
    ingresses,
  };
}
