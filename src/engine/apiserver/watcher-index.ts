/**
 * Who watches a resource, found by what a change can concern: one object, one node's pods, one namespace, or all. A
 * change costs a few look-ups however many watch elsewhere. Plain data.
 */
import type { Form } from './form';
import type { ProcessId } from '#engine/kernel/process';
import type { EventId } from '#engine/kernel/process';
import type { Selection } from './selection';
import type { WatchEvent } from './wire';

/** Watches of one client that hear the same: what a change is to them is found out once, and told in one message. */
export interface Audience {
  readonly key: string;
  readonly client: ProcessId;
  readonly resource: string;
  readonly selection: Selection;
  /** What objects are told as; null: as they are. */
  readonly form: Form | null;
  /** Of a Table: what a row carries of its object. */
  readonly include: string;
  /** The Table's columns were told: they come with the first row. */
  tableStarted: boolean;
  /** Of its watches, as they came. */
  ids: number[];
  /** `ids` is in a message, and stays as it is. */
  areIdsSent: boolean;
  /** What gathers during a batch. */
  outgoing: WatchEvent[];
}

export interface Watcher {
  readonly id: number;
  readonly audience: Audience;
  readonly bookmarks: boolean;
  /** Fires when its time is over. */
  timer: EventId | null;
  /** The last bookmark before its end was sent. */
  ending: boolean;
}

type Group = Map<string, Audience>;

/** Audiences by what they can be about. */
export interface WatcherIndex {
  readonly byKey: Map<string, Group>;
  readonly byNode: Map<string, Group>;
  readonly byNamespace: Map<string, Group>;
  readonly all: Group;
  /** Watches. */
  size: number;
}

export function newWatcherIndex(): WatcherIndex {
  return { byKey: new Map(), byNode: new Map(), byNamespace: new Map(), all: new Map(), size: 0 };
}

/** The group of those whom the same changes can concern. */
function groupOf(index: WatcherIndex, { selection }: Pick<Audience, 'selection'>): Group {
  if (selection.key !== null) return groupIn(index.byKey, selection.key);
  if (selection.node !== null) return groupIn(index.byNode, selection.node);
  if (selection.namespace !== '') return groupIn(index.byNamespace, selection.namespace);
  return index.all;
}

function groupIn(groups: Map<string, Group>, name: string): Group {
  let group = groups.get(name);
  if (group === undefined) groups.set(name, (group = new Map()));
  return group;
}

/** Takes a watch in. Those who get Tables are told their columns apart from each other. @returns who hears the same */
export function addToIndex(
  index: WatcherIndex,
  id: number,
  about: Pick<Audience, 'client' | 'resource' | 'selection' | 'form' | 'include'>,
): Audience {
  const { client, resource, selection, form, include } = about;
  const group = groupOf(index, about);
  const key = JSON.stringify([client, resource, selection, form, include, form === 'Table' ? id : 0]);
  let audience = group.get(key);
  if (audience === undefined) {
    audience = {
      key,
      client,
      resource,
      selection,
      form,
      include,
      tableStarted: false,
      ids: [],
      areIdsSent: false,
      outgoing: [],
    };
    group.set(key, audience);
  }
  changeable(audience).push(id);
  index.size++;
  return audience;
}

export function removeFromIndex(index: WatcherIndex, { id, audience }: Watcher): void {
  const at = audience.ids.indexOf(id);
  if (at < 0) return;
  changeable(audience).splice(at, 1);
  index.size--;
  if (audience.ids.length > 0) return;
  const group = groupOf(index, audience);
  group.delete(audience.key);
  if (group.size > 0) return;
  const { key, node, namespace } = audience.selection;
  if (key !== null) index.byKey.delete(key);
  else if (node !== null) index.byNode.delete(node);
  else if (namespace !== '') index.byNamespace.delete(namespace);
}

function changeable(audience: Audience): number[] {
  if (audience.areIdsSent) audience.ids = audience.ids.slice();
  audience.areIdsSent = false;
  return audience.ids;
}

/** Calls `visit` for everybody whom a change of this object may concern, in the same order in every run. */
export function visitAudiences(
  index: WatcherIndex,
  key: string,
  namespace: string,
  nodes: readonly [string, string] | null,
  visit: (audience: Audience) => void,
): void {
  for (const audience of index.all.values()) visit(audience);
  if (index.byNamespace.size > 0) index.byNamespace.get(namespace)?.forEach(visit);
  if (index.byKey.size > 0) index.byKey.get(key)?.forEach(visit);
  if (nodes === null || index.byNode.size === 0) return;
  index.byNode.get(nodes[0])?.forEach(visit);
  if (nodes[1] !== nodes[0]) index.byNode.get(nodes[1])?.forEach(visit);
}

/** All who watch. */
export function audiencesOf(index: WatcherIndex): Audience[] {
  const audiences = [...index.all.values()];
  for (const groups of [index.byNamespace, index.byKey, index.byNode])
    for (const group of groups.values()) audiences.push(...group.values());
  return audiences;
}
