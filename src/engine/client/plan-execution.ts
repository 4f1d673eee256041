/**
 * A plan on its way: one write at a time, what each write led to, and what the key has to wait for afterwards.
 * @source kubernetes pkg/controller/controller_utils.go; client-go util/workqueue
 */
import type { KubeObject, Status } from '#engine/api/types';
import type { Context, Message } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { viewOf } from './cache';
import { type Delivery, request } from './client';
import type { ControllerState, Run } from './controller-state';
import { recordEvent } from './events';
import { OWN_WRITES_EXPIRE_AFTER, isSeen, ownWrite } from './own-writes';
import type { EventIntent, WriteStep } from './plan';
import { requestOfStep, targetOfStep } from './plan-requests';
import type { Client } from './state';
import { addKeyAfter, addKeyRateLimited, doneWithKey, forgetKey } from './work-queue';

/** The tag of a plan's requests. */
export interface StepAnswered extends Message {
  readonly type: 'controller/answered';
  readonly controller: string;
  readonly key: string;
  readonly run: number;
}

/** Own writes have been waited for long enough. */
export interface OwnWritesExpired extends Message {
  readonly type: 'controller/own-writes-expired';
  readonly controller: string;
}

type Answer = Extract<Delivery, { type: 'answer' }>;

/** Carries out steps from `run.at` up to the next write, or to the end. */
export function goOn(state: ControllerState, client: Client, run: Run, ctx: Context): void {
  for (; run.at < run.steps.length; run.at++) {
    const step = run.steps[run.at];
    if (step === undefined) break;
    if (step.op === 'event') {
      record(state, client, step.event, '', '', ctx);
      continue;
    }
    const tag: StepAnswered = { type: 'controller/answered', controller: state.name, key: run.key, run: run.id };
    const credentials = state.credentials ?? client.config.credentials;
    if (step.op === 'read') {
      const [path = '', query] = step.path.split('?');
      const asked = query === undefined ? { path } : { path, query: queryOf(query) };
      request(client, ctx, { method: 'GET', ...asked, bucket: state.name, credentials }, tag);
      return;
    }
    const { kind, namespace, name } = targetOfStep(step);
    if (step.op === 'create' && run.terminating.includes(namespace)) continue;
    if (step.op === 'delete') {
      run.deletedUid = step.uid ?? viewOf(client).get(kind, namespace, name)?.metadata.uid ?? null;
    }
    request(client, ctx, requestOfStep(step, state.name, credentials), tag);
    return;
  }
  finish(state, client, run, ctx);
}

/** `a=1&b=2`, with what is special in a query encoded. */
const queryOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split('&').map((pair) => pair.split('=').map(decodeURIComponent)) as [string, string][]);

/** The answer to the write under way arrived. */
export function stepAnswered(
  state: ControllerState,
  client: Client,
  answer: Answer,
  tag: StepAnswered,
  ctx: Context,
): void {
  const run = state.runs.get(tag.key);
  if (run === undefined || run.id !== tag.run) return;
  const step = run.steps[run.at];
  if (step === undefined || step.op === 'event') return;
  if (step.op === 'read') run.answers.push({ path: step.path, code: answer.code, body: answer.body });
  const proceeds = step.op === 'read' || settleStep(state, client, run, step, answer, ctx);
  run.at = proceeds ? run.at + 1 : run.steps.length;
  ctx.because(run.cause);
  goOn(state, client, run, ctx);
}

/** Takes note of what became of a write. @returns whether the plan goes on */
function settleStep(
  state: ControllerState,
  client: Client,
  run: Run,
  step: WriteStep,
  answer: Answer,
  ctx: Context,
): boolean {
  const target = targetOfStep(step);
  if (answer.ok || (step.op === 'delete' && answer.code === 404)) {
    const write = ownWrite(client, step, answer.body, run.deletedUid);
    if (write !== null) run.writes.push(write);
    if (answer.ok && step.onSuccess !== undefined) {
      record(state, client, step.onSuccess, writtenName(answer.body) ?? target.name, '', ctx);
    }
    return true;
  }
  // From 400 on, and when no answer came, the body is a Status.
  const status = answer.body as Status;
  if (step.op === 'create' && isNamespaceTerminating(status)) {
    run.terminating.push(target.namespace);
    return true;
  }
  run.failed.push({ step, status });
  if (status.reason !== 'Conflict' && step.onFailure !== undefined) {
    record(state, client, step.onFailure, target.name, status.message ?? '', ctx);
  }
  return step.optional === true;
}

function finish(state: ControllerState, client: Client, run: Run, ctx: Context): void {
  const { key } = run;
  state.runs.delete(key);
  if (run.failed.length > 0) {
    state.failed.set(key, run.failed);
    addKeyRateLimited(state.queue, ctx, key);
  } else {
    state.failed.delete(key);
    forgetKey(state.queue, key);
  }
  if (run.answers.length > 0) {
    state.answers.set(key, run.answers);
    addKeyAfter(state.queue, ctx, key, 0);
  } else state.answers.delete(key);
  if (run.again !== null) addKeyAfter(state.queue, ctx, key, run.again);
  if (run.writes.every((write) => isSeen(client, write))) {
    doneWithKey(state.queue, key);
    return;
  }
  state.unseen.set(key, { writes: run.writes, expiresAt: ctx.monotonic + OWN_WRITES_EXPIRE_AFTER });
  armExpiry(state, ctx, OWN_WRITES_EXPIRE_AFTER);
}

/** Keys whose own writes have been seen, or have been waited for long enough, may be taken up again. */
export function releaseSeen(state: ControllerState, client: Client, ctx: Context): void {
  let next: Micros | null = null;
  for (const [key, { writes, expiresAt }] of state.unseen) {
    if (expiresAt <= ctx.monotonic || writes.every((write) => isSeen(client, write))) {
      state.unseen.delete(key);
      doneWithKey(state.queue, key);
    } else if (next === null || expiresAt < next) next = expiresAt;
  }
  if (next !== null) armExpiry(state, ctx, next - ctx.monotonic);
}

/** One timer that is not taken back: waits are short as a rule, and a timer for each would cost more than it is worth. */
function armExpiry(state: ControllerState, ctx: Context, delay: Micros): void {
  if (state.expiry !== null) return;
  const message: OwnWritesExpired = { type: 'controller/own-writes-expired', controller: state.name };
  state.expiry = ctx.after(delay, message);
}

function record(
  state: ControllerState,
  client: Client,
  { regarding, type, reason, message }: EventIntent,
  name: string,
  error: string,
  ctx: Context,
): void {
  const text = message.replaceAll('{name}', () => name).replaceAll('{error}', () => error);
  recordEvent(client, state.recorder, ctx, { regarding, type, reason, message: text });
}

function writtenName(body: unknown): string | undefined {
  const { kind, metadata } = body as Partial<KubeObject>;
  return kind === 'Status' ? undefined : metadata?.name;
}

function isNamespaceTerminating(status: Status): boolean {
  return (status.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating');
}
