/**
 * Every kind that is built in: the rows of `resources/`, and how they are found. The next kind is a row there and its own rules
 * in `kinds/`. The types of `Kinds` in `types.ts` are the other half.
 */
import { eventsConversion } from './convert/events';
import { lateConversion } from './late';
import { resourceInfo, type ResourceInfo, type StoredInfo } from './resource-info';
import { resourceSet, type ResourceSet } from './resource-set';
import { coreResources } from './resources/core';
import { infrastructureResources } from './resources/infrastructure';
import { virtualResources } from './resources/virtual';
import { workloadResources } from './resources/workloads';
import type { Kind } from './types';

export type { ResourceInfo, StoredInfo } from './resource-info';

/** What is kept in etcd, a row for each kind, in the version that is stored. */
export const resources: readonly StoredInfo[] = [...coreResources, ...workloadResources, ...infrastructureResources];

const byPlainKind = new Map<string, StoredInfo>(resources.map((info) => [info.kind, info]));

/** The row of a kind. */
export function resourceOf(kind: Kind): StoredInfo {
  const info = byPlainKind.get(kind);
  if (info === undefined) throw new Error(`the registry has no row for kind ${kind}`);
  return info;
}

/** Other versions of what is stored. */
const versions: readonly ResourceInfo[] = [
  resourceInfo('events.k8s.io/v1', 'Event', {
    resource: 'events',
    short: 'ev',
    schema: 'events.Event',
    createOnUpdate: true,
    conversion: eventsConversion,
    rules: resourceOf('Event').rules,
  }),
  resourceInfo('autoscaling/v1', 'HorizontalPodAutoscaler', {
    resource: 'horizontalpodautoscalers',
    short: 'hpa',
    categories: 'all',
    schema: 'autoscaling.HorizontalPodAutoscaler',
    subresources: 'status',
    conversion: lateConversion('HorizontalPodAutoscaler', 'horizontalpodautoscalers.autoscaling'),
    rules: resourceOf('HorizontalPodAutoscaler').rules,
  }),
];

/** All that is built in. */
export const builtIn: ResourceSet = resourceSet([...resources, ...versions, ...virtualResources]);

export const resourceByKind = (apiVersion: string, kind: string): ResourceInfo | undefined =>
  builtIn.byKind(apiVersion, kind);

/** As typed to kubectl: plural, singular or short name in any case, with optional `.group` or `.version.group`. */
export const resourceByName = (text: string): ResourceInfo | undefined => builtIn.byName(text);
