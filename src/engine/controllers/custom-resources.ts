/**
 * The resources that CustomResourceDefinitions add to the API, and their caches, which come and go with them.
 *
 * @source kubernetes pkg/controller/garbagecollector/garbagecollector.go (GetDeletableResources, resyncMonitors)
 * @simplified read from the definitions as they change; upstream asks discovery every 30 s
 */
import { isEstablished } from '#engine/api/custom/established';
import { compareVersions } from '#engine/api/custom/version-priority';
import type { CustomResourceDefinition } from '#engine/api/types';
import { viewOf } from '#engine/client/cache';
import { type Client, type Delivery, reflect, startClient, unreflect } from '#engine/client/client';
import { isCustom } from '#engine/client/paths';
import type { CustomCollection } from '#engine/client/plan';
import type { ReflectorOptions } from '#engine/client/state';
import type { Context } from '#engine/kernel/process';
import type { CustomKind } from './late';

type Definitions = readonly CustomResourceDefinition[];

const known = new WeakMap<Definitions, readonly CustomKind[]>();

/** @param definitions - as a cache lists them: the same list is the same answer */
export function customKinds(definitions: Definitions): readonly CustomKind[] {
  let kinds = known.get(definitions);
  if (kinds === undefined) known.set(definitions, (kinds = definitions.flatMap(customKind)));
  return kinds;
}

function customKind(definition: CustomResourceDefinition): readonly CustomKind[] {
  const { group, names, scope, versions } = definition.spec;
  const served = versions
    .filter((version) => version.served)
    .map(({ name }) => name)
    .toSorted(compareVersions);
  if (served.length === 0 || !isEstablished(definition)) return [];
  return [
    {
      collection: `/apis/${group}/${served[0]!}/${names.plural}`,
      kind: names.kind,
      namespaced: scope === 'Namespaced',
      apiVersions: served.map((version) => `${group}/${version}`),
    },
  ];
}

/** Caches what the definitions of now serve, and nothing else. @returns what changes by that */
export function followDefinitions(client: Client, ctx: Context, options: ReflectorOptions): readonly Delivery[] {
  const collections = customKinds(viewOf(client).list('CustomResourceDefinition')).map(({ collection }) => collection);
  const resources = new Set(collections.map(resourceName));
  const deliveries: Delivery[] = [];
  for (const collection of [...client.stores.keys()].filter(isCustom)) {
    if (collections.includes(collection)) continue;
    const changes = unreflect(client, ctx, collection);
    // What is only read in another version from here on is not gone.
    if (resources.has(resourceName(collection))) continue;
    deliveries.push(...changes.map((change) => ({ type: 'change', change }) as const));
  }
  for (const collection of collections) reflect(client, collection, options);
  startClient(client, ctx);
  return deliveries;
}

/** `widgets.example.com`. */
export function resourceName(collection: CustomCollection): string {
  const [, , group = '', , plural = ''] = collection.split('/');
  return `${plural}.${group}`;
}

/** Whether a definition serves another kind, or in other versions, than before. */
export function isServedAnew(next: CustomResourceDefinition, old: CustomResourceDefinition | undefined): boolean {
  const text = (definition: CustomResourceDefinition): string => JSON.stringify(customKind(definition));
  return text(next) !== (old === undefined ? '[]' : text(old));
}
