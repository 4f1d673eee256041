/** Fills the place in `cluster-autoscaler.ts`; importing it is enough. */
import { certified } from '#engine/apiserver/wire';
import { cacheOf } from '#engine/client/cache';
import { newClient, receive, reflect, startClient, type Delivery } from '#engine/client/client';
import { newRecorder } from '#engine/client/events';
import type { Context } from '#engine/kernel/process';
import { type CloudAnswer, cloudRequest } from './cloud';
import { type AutoscalerState, lateAutoscaler } from './cluster-autoscaler';
import { type AutoscalerTag, tainted } from './deletion';
import { round } from './round';

const KINDS = ['Node', 'Pod', 'PodDisruptionBudget'] as const;

interface Scan {
  readonly type: 'autoscaler/scan';
}

lateAutoscaler.provide({
  start(ctx, args) {
    const client = newClient({
      servers: ctx.lookUp(args.endpoint),
      endpoint: args.endpoint,
      userAgent: 'cluster-autoscaler/v1.35.0 (linux/amd64)',
      credentials: certified(
        'system:serviceaccount:kube-system:cluster-autoscaler',
        'system:serviceaccounts',
        'system:serviceaccounts:kube-system',
      ),
      qps: 5,
      burst: 10,
    });
    for (const kind of KINDS) reflect(client, kind);
    startClient(client, ctx);
    ctx.after(args.scanInterval, { type: 'autoscaler/scan' } satisfies Scan);
    return {
      args,
      client,
      recorder: newRecorder('cluster-autoscaler', ''),
      asked: 0,
      unneeded: new Map(),
      unremovableUntil: new Map(),
      deletions: new Map(),
      lastScaleUp: null,
      lastScaleDownFailure: null,
      transitions: new Map(),
      hasStatus: false,
      said: new Map(),
    };
  },

  handle(state, message, ctx) {
    const deliveries = receive(state.client, message, ctx);
    if (deliveries !== null) {
      for (const delivery of deliveries) if (delivery.type === 'answer') answered(state, delivery, ctx);
      return;
    }
    const told = message as Scan | CloudAnswer;
    if (told.type === 'autoscaler/scan') return scan(state, ctx);
    if (told.type === 'cloud/groups' && told.id === state.asked) round(state, told.groups, ctx);
  },
});

/** Each ten seconds the cloud is asked what there is; its answer begins the round. */
function scan(state: AutoscalerState, ctx: Context): void {
  ctx.after(state.args.scanInterval, { type: 'autoscaler/scan' } satisfies Scan);
  if (!KINDS.every((kind) => cacheOf(state.client, kind).synced)) return;
  ctx.send(state.args.cloud, cloudRequest({ type: 'cloud/describe', id: ++state.asked }));
}

function answered(
  state: AutoscalerState,
  { tag, ok, code }: Extract<Delivery, { type: 'answer' }>,
  ctx: Context,
): void {
  const told = tag as AutoscalerTag;
  if (told.type === 'autoscaler/tainted') tainted(state, told.node, ok, ctx);
  else if (told.type === 'autoscaler/status' && code === 404) state.hasStatus = false;
}
