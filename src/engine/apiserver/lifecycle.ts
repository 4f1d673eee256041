/**
 * How an API server gives up its start when etcd does not let it come up, and how it ends when it is told to: what it has taken
 * up it still answers.
 *
 * @source kubernetes pkg/controlplane/{instance.go,controller/kubernetesservice/controller.go}, pkg/registry/rbac/rest/storage_rbac.go,
 *   apiserver/pkg/server/{genericapiserver,hooks}.go
 */
import type { Context } from '#engine/kernel/process';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { sendTxn } from './etcd-connection';
import { reportReadiness } from './health';
import { ownKey } from './master-leases';
import type { ApiServerState, Pending } from './state';
import { tick } from './tick';

/** klog's Fatal. */
const FATAL = 255;
/** From the storage factory's time-out to the end of the hook that writes the default roles: it waits 1 s, and 60 s for a list. */
const HOOK_FAILS_AFTER: Micros = 41 * SECOND;

/** What should have come up by now has not. */
export function startFails(state: ApiServerState, ctx: Context, phase: 'apiserver/start' | 'apiserver/hooks'): void {
  if (phase === 'apiserver/hooks') {
    ctx.log(
      'F hooks.go:204] PostStartHook "rbac/bootstrap-roles" failed: unable to initialize roles: timed out waiting for the condition',
    );
  } else if (state.etcd.revision > 0) return void ctx.after(HOOK_FAILS_AFTER, tick('apiserver/hooks'));
  else ctx.log('F instance.go:232] Error creating leases: error creating storage factory: context deadline exceeded');
  ctx.exit(FATAL);
}

/** How long etcd has to take the own key away: two intervals of renewal. */
const REMOVAL_WITHIN: Micros = 20 * SECOND;
/** How long requests may take to be answered; a kubelet waits less. @source apiserver/pkg/server/config.go (RequestTimeout) */
const ANSWERS_WITHIN: Micros = 60 * SECOND;
const LOOK_EVERY: Micros = 100 * MILLISECOND;

/** SIGTERM: the own key goes, and with it the own address; what was asked is answered. */
export function stopServing(state: ApiServerState, ctx: Context): void {
  const { masterLeases, etcd, pending, bootstrap } = state;
  if (!bootstrap.done) return ctx.exit(0);
  masterLeases.stopping = ctx.monotonic;
  masterLeases.removing = true;
  reportReadiness(state, ctx);
  const success = [{ op: 'delete-range', key: ownKey(state) } as const];
  pending.set(sendTxn(etcd, ctx, { compare: [], success, failure: [] }), { type: 'master-lease', step: 'put' });
  ctx.after(LOOK_EVERY, tick('apiserver/drain'));
}

/** The endpoints are without the own address, or cannot be. */
export function endpointsRemoved(state: ApiServerState, ctx: Context): void {
  state.masterLeases.removing = false;
  endWhenDone(state, ctx);
}

export function drain(state: ApiServerState, ctx: Context): void {
  endWhenDone(state, ctx);
  ctx.after(LOOK_EVERY, tick('apiserver/drain'));
}

function endWhenDone({ masterLeases, pending, earlyReads }: ApiServerState, ctx: Context): void {
  const waited = ctx.monotonic - masterLeases.stopping;
  const removing = masterLeases.removing && waited < REMOVAL_WITHIN;
  const answering = earlyReads.size > 0 || [...pending.values()].some(isAsked);
  if (waited >= ANSWERS_WITHIN || !(removing || answering)) ctx.exit(0);
}

/** Whether a client waits for it. */
function isAsked(pending: Pending): boolean {
  if ('query' in pending) return pending.query.verb !== 'watch';
  return 'operation' in pending && pending.operation.asker.client !== '';
}
