/**
 * ConfigMaps and Secrets that this node's pods refer to: read when needed, remembered for a minute, and read again
 * sooner by whoever found one missing.
 *
 * @simplified upstream watches each of them; here a change is seen by the next container that starts after the minute
 */
import type { ConfigMap, Container, Pod, Secret } from '#engine/api/types';
import { request, type Delivery } from '#engine/client/client';
import { objectPath } from '#engine/client/paths';
import type { Context } from '#engine/kernel/process';
import { MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import type { ConfigObjects } from './environment';
import type { CachedObject, KubeletState, PodWorker } from './state';

const FRESH: Micros = MINUTE;
const MISSING_FRESH: Micros = 5 * SECOND;

interface Reference {
  readonly kind: CachedObject['kind'];
  readonly name: string;
}

/** What the environment of a container refers to. */
export function referencesOf(container: Container): readonly Reference[] {
  if (container.env === undefined && container.envFrom === undefined) return NONE;
  const found: Reference[] = [];
  const add = (kind: Reference['kind'], name: string | undefined): void => {
    if (name !== undefined && !found.some((reference) => reference.kind === kind && reference.name === name))
      found.push({ kind, name });
  };
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    add('ConfigMap', configMapRef?.name);
    add('Secret', secretRef?.name);
  }
  for (const { valueFrom } of container.env ?? []) {
    add('ConfigMap', valueFrom?.configMapKeyRef?.name);
    add('Secret', valueFrom?.secretKeyRef?.name);
  }
  return found;
}

const NONE: readonly never[] = [];

export interface VolumeReference extends Reference {
  readonly volume: string;
  readonly optional: boolean;
}

/** What the volumes of a pod refer to. */
export function volumeReferencesOf(pod: Pod): readonly VolumeReference[] {
  const { volumes } = pod.spec;
  if (volumes === undefined) return NONE;
  let known = referencesOfVolumes.get(volumes);
  if (known === undefined) referencesOfVolumes.set(volumes, (known = referencesIn(volumes)));
  return known;
}

type Volumes = NonNullable<Pod['spec']['volumes']>;

/** Pods of one template share their volumes. */
const referencesOfVolumes = new WeakMap<Volumes, readonly VolumeReference[]>();

function referencesIn(volumes: Volumes): readonly VolumeReference[] {
  return volumes.flatMap((volume): VolumeReference[] => {
    if (volume.configMap?.name !== undefined)
      return [
        {
          volume: volume.name,
          kind: 'ConfigMap',
          name: volume.configMap.name,
          optional: volume.configMap.optional === true,
        },
      ];
    if (volume.secret?.secretName !== undefined)
      return [
        {
          volume: volume.name,
          kind: 'Secret',
          name: volume.secret.secretName,
          optional: volume.secret.optional === true,
        },
      ];
    return (volume.projected?.sources ?? []).flatMap((source): VolumeReference[] => [
      ...(source.configMap?.name === undefined
        ? []
        : [
            {
              volume: volume.name,
              kind: 'ConfigMap' as const,
              name: source.configMap.name,
              optional: source.configMap.optional === true,
            },
          ]),
      ...(source.secret?.name === undefined
        ? []
        : [
            {
              volume: volume.name,
              kind: 'Secret' as const,
              name: source.secret.name,
              optional: source.secret.optional === true,
            },
          ]),
    ]);
  });
}

/** Whether all of these are known now; what is not is being read, and the pod is synced again when it is there. */
export function objectsReady(
  state: KubeletState,
  worker: PodWorker,
  references: readonly Reference[],
  ctx: Context,
): boolean {
  let ready = true;
  const namespace = worker.pod.metadata.namespace ?? '';
  for (const { kind, name } of references) {
    const key = `${kind}/${namespace}/${name}`;
    let entry = state.objects.get(key);
    if (entry === undefined)
      state.objects.set(key, (entry = { kind, value: null, readAt: -1, reading: false, waiting: [] }));
    const age = ctx.monotonic - entry.readAt;
    if (entry.readAt >= 0 && age < (entry.value === null ? MISSING_FRESH : FRESH)) continue;
    ready = false;
    if (!entry.waiting.includes(worker.uid)) entry.waiting.push(worker.uid);
    if (entry.reading) continue;
    entry.reading = true;
    request(state.client, ctx, { method: 'GET', path: objectPath(kind, namespace, name) }, {
      type: 'kubelet/object-read',
      key,
    } as { type: string });
  }
  return ready;
}

/** An answer has come. @returns the pods that waited for it */
export function objectRead(
  state: KubeletState,
  key: string,
  answer: Extract<Delivery, { type: 'answer' }>,
  ctx: Context,
): readonly string[] {
  const entry = state.objects.get(key);
  if (entry === undefined) return NONE;
  entry.reading = false;
  entry.value = answer.ok ? (answer.body as CachedObject['value']) : null;
  if (answer.ok || answer.code === 404) entry.readAt = ctx.monotonic;
  return entry.waiting.splice(0);
}

/** What has been read, as the environment wants it. */
export function knownObjects(state: KubeletState, namespace: string): ConfigObjects {
  return {
    configMap: (name) =>
      (state.objects.get(`ConfigMap/${namespace}/${name}`)?.value as ConfigMap | null | undefined) ?? undefined,
    secret: (name) =>
      (state.objects.get(`Secret/${namespace}/${name}`)?.value as Secret | null | undefined) ?? undefined,
  };
}

/** Forgets what nobody has asked for in a while. */
export function forgetStaleObjects(state: KubeletState, ctx: Context): void {
  for (const [key, entry] of state.objects) {
    if (!entry.reading && ctx.monotonic - entry.readAt > 5 * MINUTE) state.objects.delete(key);
  }
}
