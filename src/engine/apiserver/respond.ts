/** Answers to clients. */
import type { Context } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { API_SERVER } from './authentication/user';
import { lateAnswers } from './late';
import type { ApiServerState, Asker } from './state';
import type { ApiResponse } from './wire';

/** The API server itself. It gets no answers: a timer lets it go on, and the caches show what became of its writes. */
export const OWN: Asker = Object.freeze({ client: '', id: 0, user: API_SERVER });
/** The same as it writes its endpoints: nothing goes on with that. */
export const OWN_ENDPOINTS: Asker = Object.freeze({ ...OWN, id: 2 });

/** What looks after definitions in the API server itself. */
export const CONTROLLERS: Asker = Object.freeze({ client: '', id: 1, user: API_SERVER });

const OWN_RETRY: Micros = 1 * SECOND;

/** Sends the answer of a request. An asker without a client is the API server itself; nobody waits then. */
export function sendResponse(
  state: ApiServerState,
  ctx: Context,
  asker: Asker,
  code: number,
  body: unknown,
  warnings: readonly string[] = NO_WARNINGS,
  more: Pick<ApiResponse, 'contentType' | 'document' | 'headers'> = NOTHING_MORE,
): void {
  if (code >= 400) {
    state.counters.errors++;
    if (code === 409) state.counters.conflicts++;
  }
  if (asker.client === OWN.client) {
    if (asker.id === OWN.id) return ownAnswered(state, ctx, code);
    return asker.id === OWN_ENDPOINTS.id ? endpointsAnswered(state, ctx) : settled(state, ctx, code);
  }
  if (state.args.auditPolicy !== undefined) lateAnswers.code.auditor.answered(state, ctx, asker, code, body);
  const flow = state.flow === null ? null : lateAnswers.code.flowControl.finish(state, ctx, asker);
  const told = asker.warning === undefined ? warnings : [asker.warning, ...warnings];
  if (more === NOTHING_MORE && flow === null && told.length === 0) {
    const plain: ApiResponse = { type: 'api/response', id: asker.id, code, body };
    return ctx.send(asker.client, plain);
  }
  const response: ApiResponse = {
    type: 'api/response',
    id: asker.id,
    code,
    body,
    ...more,
    ...(flow === null ? null : { headers: { ...flow, ...more.headers } }),
    ...(told.length === 0 ? {} : { warnings: [...new Set(told)] }),
  };
  ctx.send(asker.client, response);
}

/** What a path answers where there is nothing. @source apiserver/pkg/util/notfoundhandler/not_found_handler.go */
export const PAGE_NOT_FOUND = '404 page not found\n';
export const NO_WARNINGS: readonly string[] = [];
const NOTHING_MORE = Object.freeze({});
/**
 * A write of a definition is done, or a deletion of one of its objects. Conflicts and what is gone come with a change that leads
 * to another look.
 */
function settled(state: ApiServerState, ctx: Context, code: number): void {
  if (code < 400 || code === 404 || code === 409) return;
  state.settling.clear();
  ctx.after(OWN_RETRY, { type: 'apiserver/definitions' });
}

/** One that stops has written all that it had to. What failed is tried again with the next renewal. */
function endpointsAnswered(state: ApiServerState, ctx: Context): void {
  const { masterLeases } = state;
  if (--masterLeases.writing === 0 && masterLeases.removing) lateAnswers.code.endpointsRemoved(state, ctx);
}

/** Goes on when all that was created at once has been answered. */
function ownAnswered({ bootstrap }: ApiServerState, ctx: Context, code: number): void {
  if (code >= 400 && code !== 409) bootstrap.failed = true;
  if (--bootstrap.waiting > 0) return;
  ctx.after(bootstrap.failed ? OWN_RETRY : 0, { type: 'apiserver/bootstrap' });
  bootstrap.failed = false;
}
