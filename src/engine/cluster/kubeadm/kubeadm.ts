/**
 * `kubeadm init`, `kubeadm join` and `kubeadm reset` as a process that a machine runs at its first boot, and when it leaves:
 * phases, each of which writes files of its machine, or asks the API server or etcd for one thing until that succeeds.
 *
 * @source kubernetes cmd/kubeadm/app/cmd/{init,join,reset}.go, phases/…
 * @simplified certificates are names in credentials; the discovery token is not checked against the CA; a phase that fails is tried on without end where a person would start kubeadm again
 */
import { type Client, newClient, receive, request } from '#engine/client/client';
import type { EtcdAnswer } from '#engine/etcd/wire';
import { type Context, defineProcess, type KernelMessage, type Message } from '#engine/kernel/process';
import { MILLISECOND, SECOND, type Micros } from '#engine/kernel/time';
import { askEtcd, type EtcdClient, etcdAnswered, type EtcdTimeout, newEtcdClient } from './etcd-client';
import { ADMINISTRATOR, type Found, type KubeadmArgs, NOTHING_FOUND, phasesOf, type Step } from './phases';

export interface KubeadmState {
  readonly args: KubeadmArgs;
  /** Of the credentials that the step under way needs. */
  client: Client;
  as: NonNullable<Step['as']> | 'itself';
  readonly etcd: EtcdClient;
  found: Found;
  /** Index of the step that is under way, and since when. */
  step: number;
  since: Micros;
  /** What went wrong last in this step: it is said once. */
  error: string;
}

interface Retry extends Message {
  readonly type: 'kubeadm/retry';
  readonly step: number;
}

/** Written when all steps are done: at a later boot kubeadm has nothing to do. */
export const DONE = 'etc/kubernetes/kubeadm-done';
const RETRY_AFTER: Record<KubeadmArgs['command'], Micros> = {
  init: 500 * MILLISECOND,
  join: 5 * SECOND,
  'join-control-plane': 500 * MILLISECOND,
  reset: 500 * MILLISECOND,
};

export const kubeadm = defineProcess<KubeadmState, KubeadmArgs>({
  kind: 'kubeadm',

  start(ctx, args) {
    const state: KubeadmState = {
      args,
      client: clientAs(args, 'itself'),
      as: 'itself',
      etcd: newEtcdClient(ctx.monotonic),
      found: NOTHING_FOUND,
      step: 0,
      since: ctx.monotonic,
      error: '',
    };
    if (args.command !== 'reset' && ctx.disk.read(DONE).length > 0) ctx.exit(0);
    else begin(state, ctx);
    return state;
  },

  handle(state, message, ctx) {
    const told = message as Retry | EtcdAnswer | EtcdTimeout | KernelMessage;
    if (told.type === 'kubeadm/retry') {
      if (told.step === state.step) begin(state, ctx);
      return;
    }
    const deliveries = receive(state.client, message, ctx);
    if (deliveries !== null) {
      for (const delivery of deliveries) {
        if (delivery.type !== 'answer') continue;
        // What is there already was made by an earlier run that was interrupted.
        const { ok, code, body } = delivery;
        if (ok || code === 409) heard(state, ctx, body);
        else failed(state, ctx, (body as { message?: string } | null)?.message ?? String(code));
      }
      return;
    }
    const answer = etcdAnswered(state.etcd, told);
    if (answer === null) return;
    if ('type' in answer) heard(state, ctx, answer);
    else failed(state, ctx, answer.error);
  },
});

function clientAs({ node, server, endpoint, credentials }: KubeadmArgs, as: KubeadmState['as']): Client {
  const own = as === 'itself' ? credentials : as === 'nobody' ? {} : ADMINISTRATOR;
  const common = { userAgent: 'kubeadm/v1.35.5 (linux/amd64)', credentials: own, qps: 50, burst: 100 };
  return newClient(
    as === 'here' ? { ...common, servers: [`${node}/kube-apiserver`] } : { ...common, servers: server, endpoint },
  );
}

/** Takes up steps until one has to wait for an answer, or none is left. */
function begin(state: KubeadmState, ctx: Context): void {
  const steps = phasesOf(state.args);
  for (;;) {
    const step: Step | undefined = steps[state.step];
    if (step === undefined) return finish(state, ctx);
    const { as = 'itself' } = step;
    if (as !== state.as) {
      state.as = as;
      state.client = clientAs(state.args, as);
    }
    const asks = step.run(ctx, state.found);
    if (asks === undefined) {
      goOn(state, ctx, step.done);
      continue;
    }
    if (!('etcd' in asks)) {
      request(state.client, ctx, { timeout: 10 * SECOND, ...asks }, { type: 'kubeadm/answer' });
      return;
    }
    const error = askEtcd(state.etcd, ctx, asks.etcd, asks.at === undefined ? state.found.endpoints : [asks.at]);
    if (error !== null) failed(state, ctx, error);
    return;
  }
}

/** A step was answered well; it may still find something wrong. */
function heard(state: KubeadmState, ctx: Context, answer: unknown): void {
  const step = phasesOf(state.args)[state.step];
  if (step === undefined) return;
  const { found, verdict = 'done' } = step.read?.(answer, state.found) ?? {};
  if (found !== undefined) state.found = { ...state.found, ...found };
  if (typeof verdict === 'object') return failed(state, ctx, verdict.error);
  if (verdict === 'done') goOn(state, ctx, step.done);
  begin(state, ctx);
}

function failed(state: KubeadmState, ctx: Context, error: string): void {
  const patience = phasesOf(state.args)[state.step]?.patience;
  if (patience !== undefined && ctx.monotonic - state.since >= patience.lasts) {
    goOn(state, ctx, patience.givenUp(error));
    return begin(state, ctx);
  }
  if (error !== state.error) ctx.log(`error: ${error}`);
  state.error = error;
  const retry: Retry = { type: 'kubeadm/retry', step: state.step };
  ctx.after(RETRY_AFTER[state.args.command], retry);
}

function goOn(state: KubeadmState, ctx: Context, line: string): void {
  ctx.log(line);
  state.step += 1;
  state.since = ctx.monotonic;
  state.error = '';
}

function finish({ args }: KubeadmState, ctx: Context): void {
  if (args.command === 'reset') ctx.retire();
  else {
    ctx.disk.append(DONE, ctx.now, 0);
    ctx.disk.sync(DONE, { type: 'kubeadm/stored' });
  }
  ctx.exit(0);
}
