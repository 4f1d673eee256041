/** What plug-ins register for, so that the queue knows whom an event may help. */
import type { Kinds, Node, Pod } from '#engine/api/types';
import type { ClusterEvent, StorageKind } from './events';
import type { PodInfo } from './pod-info';

/** Plug-ins as bits, by their place in the profile. */
export type PluginSet = number;

export type EventObject = Node | Pod | Kinds[StorageKind];

/** What an event is about; `old` only for updates and deletions, `now` only for additions and updates. */
export interface EventObjects {
  readonly old?: EventObject;
  readonly now?: EventObject;
}

/** Whether `objects` of a registered event make it worth trying the pod again. */
export type QueueingHint = (pod: PodInfo, objects: EventObjects) => boolean;

export interface RegisteredEvent {
  readonly event: ClusterEvent;
  /** Absent: always worth it. */
  readonly hint?: QueueingHint;
}
