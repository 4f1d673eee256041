/**
 * The Event recorder of a component: what it says about objects becomes Event objects, correlated first.
 * @source client-go tools/record/event.go
 */
import { timestamp } from '#engine/api/timestamp';
import type { KubeObjectInput } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import { type Correlator, type EventSource, correlate, newCorrelator } from './event-correlator';
import { eventSuffix } from './event-name';
import { enqueueEvent } from './event-sink';
import type { Client, EventInput } from './state';

export type { EventInput } from './state';

export interface Recorder extends EventSource {
  readonly correlator: Correlator;
}

/** @param host - the machine, for components that run on every node; empty for the others */
export function newRecorder(component: string, host: string): Recorder {
  return { component, host, correlator: newCorrelator() };
}

/**
 * Records an Event, fire and forget: it is sent in the order of the component's Events, retried while no API
 * server answers, and dropped when one refuses it.
 */
export function recordEvent(client: Client, recorder: Recorder, ctx: Context, input: EventInput): void {
  const { regarding, type, reason } = input;
  const freshName = [regarding.name ?? '', eventSuffix(client, ctx)].join('.'); // in one piece: it is kept
  const observation = { regarding, type, reason, message: input.message };
  const correlated = correlate(recorder.correlator, observation, ctx.now, freshName);
  if (correlated === null) return;

  const namespace = regarding.namespace === undefined || regarding.namespace === '' ? 'default' : regarding.namespace;
  const { name, count, message } = correlated;
  const lastTimestamp = timestamp(ctx.now);
  const { component, host } = recorder;
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata:
      input.annotations === undefined ? { name, namespace } : { name, namespace, annotations: input.annotations },
    involvedObject: regarding,
    reason,
    message,
    source: host === '' ? { component } : { component, host },
    firstTimestamp: timestamp(correlated.firstAt),
    lastTimestamp,
    count,
    type,
    reportingComponent: component,
    reportingInstance: host,
  } satisfies KubeObjectInput & Record<string, unknown>;
  const { cause } = ctx;
  const patch = { count, lastTimestamp, message };
  enqueueEvent(
    client,
    ctx,
    component,
    correlated.isNew ? { event, namespace, name, cause } : { event, namespace, name, patch, cause },
  );
}
