/** events.k8s.io/v1, whose Events are stored as those of the core group. @source kubernetes pkg/apis/events/v1/conversion.go */
import type { KubeObject, KubeObjectInput } from '../types';
import type { Conversion } from './conversion';

/** Fields under their name in events.k8s.io/v1, and in v1. */
const NAMES: readonly (readonly [string, string])[] = [
  ['note', 'message'],
  ['regarding', 'involvedObject'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];
const TO_STORED = new Map(NAMES);
const FROM_STORED = new Map(NAMES.map(([served, stored]) => [stored, served]));

/** Fields of a reference to the object that an Event is about, by which Events are selected. */
const REFERENCE = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

const renamed = (object: object, names: ReadonlyMap<string, string>, apiVersion: string): unknown => ({
  ...Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value])),
  apiVersion,
});

export const eventsConversion: Conversion = {
  store: 'events',
  toStored: (object) => renamed(object, TO_STORED, 'v1') as KubeObjectInput,
  fromStored: (object) => renamed(object, FROM_STORED, 'events.k8s.io/v1') as KubeObject,
  fieldNames: {
    ...Object.fromEntries(REFERENCE.map((name) => [`regarding.${name}`, `involvedObject.${name}`])),
    reportingController: 'reportingComponent',
  },
};
