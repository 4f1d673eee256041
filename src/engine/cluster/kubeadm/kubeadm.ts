/**
 * `kubeadm init` and `kubeadm join` as a process that each machine runs once, at its first boot: phases, each of which
 * writes files of its machine or asks the API server for one thing until that succeeds.
 *
 * @source kubernetes cmd/kubeadm/app/cmd/init.go, join.go, phases/…
 * @simplified certificates are names in credentials; the discovery token is not checked against the CA
 */
import type { Credentials } from '#engine/apiserver/wire';
import { type Client, newClient, receive, request, type Delivery } from '#engine/client/client';
import type { RequestSpec } from '#engine/client/state';
import { type Context, defineProcess, type Message } from '#engine/kernel/process';
import { MILLISECOND, SECOND, type Micros } from '#engine/kernel/time';
import { phasesOf, type KubeadmArgs, type Step } from './phases';

export interface KubeadmState {
  readonly args: KubeadmArgs;
  /** Of the credentials that the step under way needs. */
  client: Client;
  anonymous: boolean;
  /** Index of the step that is under way. */
  step: number;
}

interface Retry extends Message {
  readonly type: 'kubeadm/retry';
  readonly step: number;
}

/** Written when all steps are done: at a later boot kubeadm has nothing to do. */
const DONE = 'etc/kubernetes/kubeadm-done';
const RETRY_AFTER: Record<KubeadmArgs['command'], Micros> = {
  init: 500 * MILLISECOND,
  join: 5 * SECOND,
  'join-control-plane': 500 * MILLISECOND,
};

export const kubeadm = defineProcess<KubeadmState, KubeadmArgs>({
  kind: 'kubeadm',

  start(ctx, args) {
    const state: KubeadmState = { args, client: clientAs(args, args.credentials), anonymous: false, step: 0 };
    if (ctx.disk.read(DONE).length > 0) ctx.exit(0);
    else begin(state, ctx);
    return state;
  },

  handle(state, message, ctx) {
    const told = message as Retry;
    if (told.type === 'kubeadm/retry') {
      if (told.step === state.step) begin(state, ctx);
      return;
    }
    for (const delivery of receive(state.client, message, ctx) ?? []) {
      if (delivery.type === 'answer') answered(state, delivery, ctx);
    }
  },
});

const clientAs = ({ server }: KubeadmArgs, credentials: Credentials): Client =>
  newClient({ servers: server, userAgent: 'kubeadm/v1.35.5 (linux/amd64)', credentials, qps: 50, burst: 100 });

/** Takes up steps until one has to wait for an answer, or none is left. */
function begin(state: KubeadmState, ctx: Context): void {
  const steps = phasesOf(state.args);
  for (;;) {
    const step: Step | undefined = steps[state.step];
    if (step === undefined) return finish(ctx);
    const { anonymous = false } = step;
    if (anonymous !== state.anonymous) {
      state.anonymous = anonymous;
      state.client = clientAs(state.args, anonymous ? {} : state.args.credentials);
    }
    const spec: RequestSpec | undefined = step.run(ctx);
    if (spec !== undefined) {
      request(state.client, ctx, { timeout: 10 * SECOND, ...spec }, { type: 'kubeadm/answer' });
      return;
    }
    ctx.log(step.done);
    state.step += 1;
  }
}

function answered(state: KubeadmState, { code, body }: Extract<Delivery, { type: 'answer' }>, ctx: Context): void {
  const step = phasesOf(state.args)[state.step];
  if (step === undefined) return;
  // What is there already was made by an earlier run that was interrupted.
  if ((code >= 200 && code < 300) || code === 409) {
    ctx.log(step.done);
    state.step += 1;
    return begin(state, ctx);
  }
  ctx.log(`error: ${(body as { message?: string } | null)?.message ?? code}`);
  const retry: Retry = { type: 'kubeadm/retry', step: state.step };
  ctx.after(RETRY_AFTER[state.args.command], retry);
}

function finish(ctx: Context): void {
  ctx.disk.append(DONE, ctx.now, 0);
  ctx.disk.sync(DONE, { type: 'kubeadm/stored' });
  ctx.exit(0);
}
