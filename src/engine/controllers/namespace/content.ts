/** What goes with a namespace, and what is remembered of those that are being deleted. */
import { resources } from '#engine/api/registry';
import type { Kind } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';

/** Kinds whose objects a namespace takes with it, pods before all others. */
export const CONTENT_KINDS: readonly Kind[] = resources
  .filter(({ namespaced, kind }) => namespaced && kind !== 'Event' && kind !== 'Pod')
  .map(({ kind }) => kind);

/** When to look at each terminating namespace next, µs. */
export type NamespaceMemory = ReadonlyMap<string, Micros>;
