// long: the one way that every write goes, step by step
/**
 * Writes under way. Each is decided on what the cache says, sent to etcd on condition that this is still so, and
 * decided again on what etcd says when it is not. A refusal is never answered on the cache's word alone.
 *
 * @source kubernetes apiserver/pkg/storage/etcd3/store.go (GuaranteedUpdate, conditionalDelete), endpoints/handlers
 */
import { isApply } from '#engine/api/patch/apply-patch';
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest, plainError, requestEntityTooLarge, timeout } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import { LEASE_NOT_FOUND } from '#engine/etcd/errors';
import type { EtcdAnswer, KeyValue, TxnAnswer } from '#engine/etcd/wire';
import type { Context } from '#engine/kernel/process';
import type { Random } from '#engine/kernel/random';
import { type Micros, SECOND } from '#engine/kernel/time';
import { recordRequest } from './audit';
import type { UserInfo } from './authentication/user';
import type { Attributes } from './authorization/attributes';
import { authorize } from './authorization/authorize';
import { type RoleRef, rulesFor, rulesOfRole } from './authorization/rbac';
import { memberAnswered } from './collections';
import { decide } from './decide';
import { decodeBody, isTooLarge } from './decoding';
import { answerTo } from './removal';
import { attachLease, takeLease } from './event-lease';
import { sendRange, sendTxn } from './etcd-connection';
import { managerOf } from './field-manager';
import { deleteOptions, isStatus, writeOptions } from './query';
import { sendResponse } from './respond';
import type { ResourceRequest } from './routes';
import { scaleOf } from './scale-of';
import { shapeOf } from './form';
import { lateAnswers } from './late';
import { cacheOf, infoOf, readObject, resourcesOf } from './served';
import { codeOf, objectAs } from './table';
import type { ApiServerState, Asker, Current, Operation, Pending, PlannedWrite, WriteOptions } from './state';
import type { WriteVerb } from './audit';
import { deleteTxn, frozen, keyOf, prefixOf, putTxn, stamped } from './storage';
import type { Surroundings } from './surroundings';
import { newUid } from './uid';
import { objectsUnder } from './watch-cache';
import type { ApiRequest } from './wire';

/** How long a write may take. @source apiserver/pkg/endpoints/handlers/rest.go (requestTimeoutUpperBound) */
const WRITE_TIMEOUT: Micros = 34 * SECOND;

const OPTION_KINDS: Readonly<Record<WriteVerb, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
};

/** Takes up a request to write. */
export function beginWrite(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  request: ApiRequest,
  route: ResourceRequest,
): void {
  const { info, subresource } = route;
  const verb = route.verb as WriteVerb;
  state.counters[verb]++;
  const refuse = (status: Status): void => sendResponse(state, ctx, asker, status.code ?? 500, status);
  const kind = OPTION_KINDS[verb];
  const contentType = request.contentType ?? 'application/json';
  const how = writeOptions(
    verb === 'delete' ? undefined : request.query,
    kind,
    verb === 'patch' && isApply(contentType),
  );
  if (isStatus(how)) return refuse(how);
  const options = verb === 'delete' ? deleteOptions(request.query, request.body) : how.options;
  if (isStatus(options)) return refuse(options);
  const { fieldValidation, force } = how;
  let { body } = request;
  let writing: WriteOptions = options;
  const warnings: string[] = info.custom === undefined ? [] : [...info.custom.warnings];
  if (verb === 'create' || verb === 'update') {
    const decoded = decodeBody(request, info, subresource, fieldValidation);
    if (decoded.type === 'refuse') return refuse(decoded.status);
    body = decoded.object;
    warnings.push(...decoded.warnings);
    if (subresource === 'eviction') {
      const given = deleteOptions(undefined, (body as { readonly deleteOptions?: unknown }).deleteOptions ?? {});
      if (isStatus(given)) return refuse(given);
      writing = { ...given, dryRun: given.dryRun || options.dryRun };
    }
  } else if (verb === 'patch') {
    const { bodyError } = request;
    const what = isApply(contentType) ? 'YAML' : 'patch';
    if (bodyError !== undefined) return refuse(badRequest(`error decoding ${what}: ${bodyError}`));
    if (isTooLarge(request)) return refuse(requestEntityTooLarge());
  } else if (request.bodyError !== undefined) return refuse(badRequest(`error decoding patch: ${request.bodyError}`));
  startOperation(state, ctx, {
    asker,
    verb,
    resource: info.id,
    namespace: route.namespace,
    name: route.name,
    subresource,
    body,
    contentType,
    fieldValidation,
    manager: how.manager === '' ? managerOf(request.userAgent) : how.manager,
    force,
    options: writing,
    warnings,
    shape: shapeOf(request),
    collection: 0,
  });
}

type NewOperation = Omit<
  Operation,
  | 'received'
  | 'deadline'
  | 'cause'
  | 'uid'
  | 'collisions'
  | 'tries'
  | 'lookedUp'
  | 'refusedClaims'
  | 'taken'
  | 'annotations'
  | 'next'
>;

export function startOperation(
  state: ApiServerState,
  ctx: Context,
  given: NewOperation,
  next: Operation | null = null,
): void {
  const creates =
    given.verb === 'create' || given.verb === 'update' || (given.verb === 'patch' && isApply(given.contentType));
  const operation: Operation = {
    asker: given.asker,
    verb: given.verb,
    resource: given.resource,
    namespace: given.namespace,
    name: given.name,
    subresource: given.subresource,
    body: given.body,
    contentType: given.contentType,
    fieldValidation: given.fieldValidation,
    manager: given.manager,
    force: given.force,
    options: given.options,
    warnings: given.warnings,
    shape: given.shape,
    collection: given.collection,
    received: ctx.now,
    deadline: ctx.monotonic + WRITE_TIMEOUT,
    cause: ctx.event,
    uid: creates && given.subresource === '' ? newUid(ctx.random('uid')) : '',
    collisions: 0,
    tries: 0,
    lookedUp: null,
    refusedClaims: null,
    taken: null,
    annotations: state.args.auditPolicy === undefined ? null : {},
    next,
  };
  advance(state, ctx, operation, believed(state, operation));
}

/** What the cache says of the object of a write. */
function believed(state: ApiServerState, operation: Operation): Current {
  if (operation.name === '') return NOTHING_KNOWN;
  const cache = cacheOf(state, operation.resource);
  if (cache === undefined || !cache.ready) return NOTHING_KNOWN;
  return { object: cache.objects.get(keyOf(cache.prefix, operation.namespace, operation.name)) ?? null, fresh: false };
}

const NONE: readonly KubeObject[] = [];
const NOTHING_KNOWN: Current = Object.freeze({ object: null, fresh: false });

/** One for each decision: a class, as eight functions of their own for each would be much of what a write allocates. */
class Around implements Surroundings {
  readonly #state: ApiServerState;
  readonly #ctx: Context;
  readonly now: Micros;
  readonly args: Surroundings['args'];

  constructor(state: ApiServerState, ctx: Context) {
    this.#state = state;
    this.#ctx = ctx;
    this.now = ctx.now;
    this.args = state.args;
  }

  get resources(): Surroundings['resources'] {
    return resourcesOf(this.#state);
  }

  find(resource: string, namespace: string, name: string): KubeObject | undefined {
    const cache = this.#state.caches.get(resource);
    return cache?.objects.get(keyOf(cache.prefix, namespace, name));
  }

  all(resource: string, namespace?: string): readonly KubeObject[] {
    const cache = this.#state.caches.get(resource);
    if (cache === undefined || cache.objects.size === 0) return NONE;
    return objectsUnder(cache, namespace === undefined ? cache.prefix : `${cache.prefix}${namespace}/`);
  }

  random(purpose: string): Random {
    return this.#ctx.random(purpose);
  }

  authorize(of: Attributes): ReturnType<typeof authorize> {
    return authorize(this.#state, of);
  }

  rulesFor(user: UserInfo, namespace: string): ReturnType<typeof rulesFor> {
    return rulesFor(this.#state, user, namespace);
  }

  rulesOfRole(ref: RoleRef, namespace: string): ReturnType<typeof rulesOfRole> {
    return rulesOfRole(this.#state, ref, namespace);
  }
}

/** What deciding may look at now. */
export const surroundingsOf = (state: ApiServerState, ctx: Context): Surroundings => new Around(state, ctx);

/** Decides a write and does what was decided. */
export function advance(state: ApiServerState, ctx: Context, operation: Operation, current: Current): void {
  if (ctx.monotonic > operation.deadline) return finish(state, ctx, operation, timedOut());
  const info = infoOf(state, operation.resource);
  const decision = decide(operation, info, current, surroundingsOf(state, ctx));
  operation.tries++;
  const plainCreate = operation.verb === 'create' && operation.subresource === '';
  switch (decision.type) {
    case 'look-up':
      return lookUp(state, ctx, operation, current, decision.resource, decision.namespace, decision.name);
    case 'first': {
      const { resource, name, subresource, body } = decision;
      const given: NewOperation = { ...operation, verb: 'update', resource, name, subresource, body, warnings: [] };
      return startOperation(state, ctx, given, operation);
    }
    case 'respond':
      if (!current.fresh && !plainCreate) return readCurrent(state, ctx, operation, info);
      return finish(state, ctx, operation, decision.body, decision.code);
    case 'write':
    case 'remove': {
      const deletes = decision.type === 'remove';
      const code = decision.code ?? 200;
      if (operation.options.dryRun) {
        if (!current.fresh) return readCurrent(state, ctx, operation, info, decision.object.metadata.name);
        return finish(
          state,
          ctx,
          operation,
          answerOf(operation, info, decision.object, decision.answer, deletes),
          code,
        );
      }
      const write: PlannedWrite = {
        key: keyOf(prefixOf(info), operation.namespace, decision.object.metadata.name),
        object: frozen(info.custom?.toEtcd(decision.object) ?? decision.object),
        deletes,
        revision: current.object === null ? 0 : Number(current.object.metadata.resourceVersion),
        claims: deletes ? NO_CLAIMS : (decision.claims ?? NO_CLAIMS),
        released: decision.released ?? NO_KEYS,
        code,
        answer: decision.answer ?? null,
        thenRemove: !deletes && decision.thenRemove === true,
      };
      if (info.store === 'events' && !deletes && !attachLease(state, ctx, operation, write)) return;
      return store(state, ctx, operation, write);
    }
  }
}

const NO_CLAIMS: PlannedWrite['claims'] = [];
const NO_KEYS: readonly string[] = [];

/** Sends a decided write to etcd. */
export function store(state: ApiServerState, ctx: Context, operation: Operation, write: PlannedWrite): void {
  const txn = write.deletes
    ? deleteTxn(write.key, write.revision, write.released)
    : putTxn(
        write.key,
        write.object,
        write.revision,
        infoOf(state, operation.resource).store === 'events' ? state.eventLease.id : 0,
        write.claims,
        write.released,
      );
  state.pending.set(sendTxn(state.etcd, ctx, txn), { type: 'write', operation, write });
}

function readCurrent(
  state: ApiServerState,
  ctx: Context,
  operation: Operation,
  info: ResourceInfo,
  name = operation.name,
): void {
  const key = keyOf(prefixOf(info), operation.namespace, name);
  state.pending.set(sendRange(state.etcd, ctx, { key }), { type: 'read-current', operation, key });
}

function lookUp(
  state: ApiServerState,
  ctx: Context,
  operation: Operation,
  current: Current,
  resource: string,
  namespace: string,
  name: string,
): void {
  const key = keyOf(prefixOf(infoOf(state, resource)), namespace, name);
  const found = `${resource}/${namespace}/${name}`;
  state.pending.set(sendRange(state.etcd, ctx, { key }), { type: 'look-up', operation, found, current });
}

const currentOf = (state: ApiServerState, resource: string, kv: KeyValue | undefined): Current => ({
  object: kv === undefined ? null : readObject(state, resource, kv),
  fresh: true,
});

type WritePending = Extract<Pending, { type: 'write' | 'read-current' | 'look-up' }>;

/** Goes on with a write when etcd has answered. */
export function writeAnswered(state: ApiServerState, ctx: Context, pending: WritePending, answer: EtcdAnswer): void {
  const { operation } = pending;
  if (answer.type === 'etcd/error') {
    if (pending.type === 'write' && answer.error === LEASE_NOT_FOUND)
      return renewLease(state, ctx, operation, pending.write);
    return finish(state, ctx, operation, plainError(answer.error));
  }
  if (pending.type === 'write') {
    if (answer.type === 'etcd/txn-answer') written(state, ctx, operation, pending.write, answer);
    return;
  }
  if (answer.type !== 'etcd/range-answer') return;
  const resource = pending.type === 'look-up' ? pending.found.slice(0, pending.found.indexOf('/')) : operation.resource;
  const current = currentOf(state, resource, answer.result.kvs[0]);
  if (pending.type === 'read-current') return advance(state, ctx, operation, current);
  operation.lookedUp ??= new Map();
  operation.lookedUp.set(pending.found, current.object);
  advance(state, ctx, operation, pending.current);
}

/** The lease that was to hold an Event has ended meanwhile: take another. */
function renewLease(state: ApiServerState, ctx: Context, operation: Operation, write: PlannedWrite): void {
  state.eventLease.id = 0;
  if (attachLease(state, ctx, operation, write)) store(state, ctx, operation, write);
}

function written(
  state: ApiServerState,
  ctx: Context,
  operation: Operation,
  write: PlannedWrite,
  answer: TxnAnswer,
): void {
  if (!answer.succeeded) return lostRace(state, ctx, operation, write, answer);
  const info = infoOf(state, operation.resource);
  const { revision } = answer.header;
  const cached = write.deletes ? undefined : cacheOf(state, operation.resource)?.objects.get(write.key);
  const object = cached?.metadata.resourceVersion === String(revision) ? cached : stamped(write.object, revision);
  if (write.thenRemove) return removeAfterGrace(state, ctx, operation, write, object);
  finish(state, ctx, operation, answerOf(operation, info, object, write.answer, write.deletes), write.code);
}

/** A graceful deletion without grace: now that it is marked, it goes. */
function removeAfterGrace(
  state: ApiServerState,
  ctx: Context,
  operation: Operation,
  write: PlannedWrite,
  object: KubeObject,
): void {
  const revision = Number(object.metadata.resourceVersion);
  store(state, ctx, operation, { ...write, object, deletes: true, revision, thenRemove: false });
}

/** Something came between: decide again on what etcd has now. */
function lostRace(
  state: ApiServerState,
  ctx: Context,
  operation: Operation,
  write: PlannedWrite,
  answer: TxnAnswer,
): void {
  const [own, ...claims] = answer.results;
  claims.forEach((result, index) => {
    if (result.op !== 'range' || result.kvs.length === 0) return;
    operation.refusedClaims ??= [];
    operation.refusedClaims.push(write.claims[index]!.key);
  });
  const current = currentOf(state, operation.resource, own?.op === 'range' ? own.kvs[0] : undefined);
  if (current.object !== null && write.revision === 0) operation.collisions++;
  advance(state, ctx, operation, current);
}

/** What a write that has happened answers. */
function answerOf(
  operation: Operation,
  info: ResourceInfo,
  object: KubeObject,
  answer: unknown,
  deleted: boolean,
): unknown {
  if (answer !== null && answer !== undefined) return answer;
  if (operation.subresource === 'scale') return scaleOf(info, object);
  if (deleted && operation.verb === 'delete') return answerTo(info, object);
  return object;
}

/** Goes on with the Events that waited for a lease. */
export function eventLeaseAnswered(state: ApiServerState, ctx: Context, answer: EtcdAnswer): void {
  const { waiting, error } = takeLease(state, ctx, answer);
  for (const { operation, write } of waiting) {
    if (error === null) store(state, ctx, operation, write);
    else finish(state, ctx, operation, plainError(error));
  }
}

export const timedOut = (): Status =>
  timeout('request did not complete within requested timeout - context deadline exceeded');

/** An object that a dry run has not stored has no version. */
function withoutVersion(object: KubeObject): KubeObject {
  if (object.metadata.resourceVersion !== '') return object;
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata } as KubeObject;
}

/** Answers a write, whatever came of it. */
export function finish(
  state: ApiServerState,
  ctx: Context,
  operation: Operation,
  body: unknown,
  code = (body as Status).code ?? 500,
): void {
  const { asker, verb, resource, namespace, name, subresource, warnings } = operation;
  const shown = name === '' ? (code < 400 ? ((body as Partial<KubeObject>).metadata?.name ?? '') : '') : name;
  const { cause: event, next } = operation;
  if (next !== null) {
    if (code >= 400) return finish(state, ctx, next, body, code);
    (next.taken ??= []).push(name);
    return advance(state, ctx, next, believed(state, next));
  }
  recordRequest(state.audit, ctx, {
    event,
    at: ctx.monotonic,
    from: asker.client,
    user: asker.user.username,
    verb,
    resource,
    subresource,
    namespace,
    name: shown,
    code,
  });
  if (operation.annotations !== null) lateAnswers.code.auditor.annotate(state, asker, operation.annotations);
  if (operation.collection !== 0) return memberAnswered(state, ctx, operation.collection, code, body);
  if (code >= 400 || (body as KubeObject).kind === 'Status')
    return sendResponse(state, ctx, asker, code, body, warnings);
  const answer = objectAs(infoOf(state, resource), operation.shape, withoutVersion(body as KubeObject), ctx.now);
  sendResponse(state, ctx, asker, codeOf(answer, code), answer, warnings);
}
