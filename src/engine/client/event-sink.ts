/**
 * How Events reach the API: one at a time per component, tried twelve times ten seconds apart while nobody answers.
 * @source client-go tools/record/event.go (recordToSink, recordEvent)
 */
import type { Context } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Settled, dispatch, wake } from './connection';
import { dequeue, enqueue, firstOf, lengthOf, newFifo } from './fifo';
import { collectionPath, objectPath } from './paths';
import type { Client, EventSink, PendingEvent, RequestSpec } from './state';

const MOST_TRIES = 12;
const RETRY_AFTER: Micros = 10 * SECOND;
const MOST_PENDING = 1000;
const BUCKET = 'events';

/** Lines an Event up; dropped when a thousand wait already. */
export function enqueueEvent(client: Client, ctx: Context, component: string, event: PendingEvent): void {
  let sink = client.sinks.get(component);
  if (sink === undefined) {
    sink = { pending: newFifo(), busy: false, tries: 0, retryAt: null };
    client.sinks.set(component, sink);
  }
  if (lengthOf(sink.pending) >= MOST_PENDING) return;
  enqueue(sink.pending, event);
  if (!sink.busy) sendFirst(client, ctx, component, sink);
}

/** The Event at the head of its line was answered, or not. */
export function eventAnswered(client: Client, ctx: Context, component: string, settled: Settled): void {
  const sink = client.sinks.get(component);
  const first = sink && firstOf(sink.pending);
  if (sink === undefined || first === undefined) return;
  if (settled.code === 0 && sink.tries < MOST_TRIES) {
    // All who lost the same server do not come back at once.
    const share = sink.tries === 1 ? ctx.random('event-retry').fraction() : 1;
    sink.retryAt = ctx.monotonic + Math.floor(RETRY_AFTER * share);
    wake(client, ctx, sink.retryAt);
    return;
  }
  if (settled.code === 404 && first.patch !== undefined) {
    // The Event has expired: it is told again from the start.
    const { event, namespace, name, cause } = first;
    sink.pending.items[sink.pending.head] = { event, namespace, name, cause };
    sendLater(client, ctx, component, sink);
    return;
  }
  if (settled.code === 0 || settled.code >= 400) {
    const { message } = settled.body as { readonly message?: string };
    ctx.log(`E event.go] "Server rejected event (will not retry!)" err=${JSON.stringify(message ?? '')}`);
  }
  dequeue(sink.pending);
  sink.tries = 0;
  sink.busy = false;
  if (lengthOf(sink.pending) > 0) sendLater(client, ctx, component, sink);
}

/** Sends again what waited for its next try. */
export function eventsAlarm(client: Client, ctx: Context): void {
  for (const [component, sink] of client.sinks) {
    if (sink.retryAt === null || sink.retryAt > ctx.monotonic) continue;
    sink.retryAt = null;
    sendLater(client, ctx, component, sink);
  }
}

/** When `eventsAlarm` has something to do next (monotonic), or null. */
export function eventsDue(client: Client): Micros | null {
  let due: Micros | null = null;
  for (const { retryAt } of client.sinks.values()) {
    if (retryAt !== null && (due === null || retryAt < due)) due = retryAt;
  }
  return due;
}

function sendFirst(client: Client, ctx: Context, component: string, sink: EventSink): void {
  const first = firstOf(sink.pending);
  if (first === undefined) return;
  sink.busy = true;
  sink.tries += 1;
  dispatch(client, ctx, requestFor(first), { for: 'event', component });
}

/** Sends what was recorded in an earlier moment, for the reason of that moment. */
function sendLater(client: Client, ctx: Context, component: string, sink: EventSink): void {
  ctx.because(firstOf(sink.pending)?.cause ?? ctx.event);
  sendFirst(client, ctx, component, sink);
  ctx.because(ctx.event);
}

function requestFor({ event, namespace, name, patch }: PendingEvent): RequestSpec {
  if (patch === undefined) {
    return { method: 'POST', path: collectionPath('Event', namespace), body: event, bucket: BUCKET };
  }
  return {
    method: 'PATCH',
    path: objectPath('Event', namespace, name),
    contentType: 'application/strategic-merge-patch+json',
    body: patch,
    bucket: BUCKET,
  };
}
