/**
 * The rate-limited work queue: a key waits at most once, is never worked on twice at the same time, and one that is added
 * while it is being worked on is queued again when that is done. Each waiting key remembers the event that put it there.
 *
 * @source client-go util/workqueue/queue.go, delaying_queue.go, default_rate_limiters.go
 */
import type { Context, EventId, Message } from '#engine/kernel/process';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { type DelayHeap, firstDelayed, newDelayHeap, popDelayed, pushDelayed } from './delay-heap';
import { type Fifo, dequeue, enqueue, newFifo } from './fifo';
import { type Bucket, newBucket, reserve } from './rate-limit';

interface Waiting {
  readonly at: Micros;
  readonly cause: EventId;
}

export interface WorkQueue {
  readonly name: string;
  /** Keys to be worked on and the event that asked for it, whether they are in `ready` or still being worked on. */
  readonly dirty: Map<string, EventId>;
  /** Keys ready to be taken, in order. */
  readonly ready: Fifo<string>;
  readonly processing: Set<string>;
  /** Keys to be added later. */
  readonly waiting: Map<string, Waiting>;
  readonly delays: DelayHeap;
  /** How often each key was added after a failure since it was forgotten. */
  readonly failures: Map<string, number>;
  readonly bucket: Bucket<never>;
  alarm: { readonly at: Micros; readonly timer: EventId } | null;
}

/** A work queue's only timer. */
export interface QueueAlarm extends Message {
  readonly type: 'queue/alarm';
  readonly queue: string;
}

const LEAST_DELAY: Micros = 5 * MILLISECOND;
const MOST_DELAY: Micros = 1000 * SECOND;

/** @param name - unique in its process: names the queue's timer */
export function newWorkQueue(name: string): WorkQueue {
  return {
    name,
    dirty: new Map(),
    ready: newFifo(),
    processing: new Set(),
    waiting: new Map(),
    delays: newDelayHeap(),
    failures: new Map(),
    bucket: newBucket({ qps: 10, burst: 100 }),
    alarm: null,
  };
}

/** Marks a key as needing work because of an event. A key that waits already keeps its first cause. */
export function addKey(queue: WorkQueue, key: string, cause: EventId): void {
  if (queue.dirty.has(key)) return;
  queue.dirty.set(key, cause);
  if (!queue.processing.has(key)) enqueue(queue.ready, key);
}

/** Adds a key after `delay` µs; of several delays of a key the one that ends first counts. */
export function addKeyAfter(queue: WorkQueue, ctx: Context, key: string, delay: Micros): void {
  if (delay <= 0) {
    addKey(queue, key, ctx.event);
    return;
  }
  const at = ctx.monotonic + Math.ceil(delay);
  const known = queue.waiting.get(key);
  if (known !== undefined && known.at <= at) return;
  queue.waiting.set(key, { at, cause: ctx.cause });
  pushDelayed(queue.delays, key, at);
  wakeQueue(queue, ctx, at);
}

/** Adds a key after its back-off: 5 ms, doubled by each failure, at most 1000 s, and no more than 10 keys a second overall. */
export function addKeyRateLimited(queue: WorkQueue, ctx: Context, key: string): void {
  const failures = queue.failures.get(key) ?? 0;
  queue.failures.set(key, failures + 1);
  const own = failures >= 18 ? MOST_DELAY : Math.min(LEAST_DELAY * (1 << failures), MOST_DELAY);
  addKeyAfter(queue, ctx, key, Math.max(own, reserve(queue.bucket, ctx.monotonic)));
}

/** The key's back-off starts from the beginning. */
export function forgetKey(queue: WorkQueue, key: string): void {
  queue.failures.delete(key);
}

/** Takes up the next key, and names what it is caused by; null when there is none. Must be followed by `doneWithKey`. */
export function takeKey(queue: WorkQueue, ctx: Context): string | null {
  const key = dequeue(queue.ready);
  if (key === undefined) return null;
  ctx.because(queue.dirty.get(key) ?? ctx.event);
  queue.dirty.delete(key);
  queue.processing.add(key);
  return key;
}

/** Work on a key has ended. It is ready again if it was added meanwhile. */
export function doneWithKey(queue: WorkQueue, key: string): void {
  queue.processing.delete(key);
  if (queue.dirty.has(key)) enqueue(queue.ready, key);
}

/** The queue's timer fired: keys whose delay is over are added. */
export function queueAlarm(queue: WorkQueue, ctx: Context): void {
  queue.alarm = null;
  for (;;) {
    const first = firstDelayed(queue.delays);
    if (first === undefined) return;
    if (first.at > ctx.monotonic) {
      wakeQueue(queue, ctx, first.at);
      return;
    }
    popDelayed(queue.delays);
    const waiting = queue.waiting.get(first.key);
    // An entry that a sooner one has overtaken is no longer meant.
    if (waiting?.at !== first.at) continue;
    queue.waiting.delete(first.key);
    addKey(queue, first.key, waiting.cause);
  }
}

function wakeQueue(queue: WorkQueue, ctx: Context, at: Micros): void {
  if (queue.alarm !== null) {
    if (queue.alarm.at <= at) return;
    ctx.cancel(queue.alarm.timer);
  }
  const message: QueueAlarm = { type: 'queue/alarm', queue: queue.name };
  queue.alarm = { at, timer: ctx.after(Math.max(0, at - ctx.monotonic), message) };
}
