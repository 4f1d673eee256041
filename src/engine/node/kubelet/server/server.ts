/**
 * The kubelet's HTTP server (port 10250): what API servers ask of it. Requests come in here; what is asked of containers goes
 * on to the runtime, and what goes to and fro then is in `sessions.ts`.
 *
 * @source kubernetes pkg/kubelet/server/server.go
 */
import type { HttpRequest } from '#engine/apiserver/stream-wire';
import type { Context } from '#engine/kernel/process';
import type { KubeletState, PodWorker } from '../state';
import { serveLog } from './container-logs';
import { respond } from './sessions';
import type { ServerPeer } from './state';
import { mayAsk } from './access';
import { serveStats } from './stats';
import { servePortForward, serveStream } from './streams';
import { execWithTokens } from './tokens';

export function serveHttp(state: KubeletState, ctx: Context, request: HttpRequest): void {
  if (ctx.from === null) return;
  const peer: ServerPeer = { process: ctx.from, id: request.id };
  if (request.credentials !== undefined && !mayAsk(state, ctx, peer, request, request.credentials)) return;
  serve(state, ctx, peer, request);
}

/** Answers a request of somebody who may ask. */
export function serve(state: KubeletState, ctx: Context, peer: ServerPeer, request: HttpRequest): void {
  const [, what = '', namespace = '', pod = '', container = ''] = request.path.split('/');
  switch (what) {
    case 'healthz':
      return respond(ctx, peer, 200, 'ok');
    case 'metrics':
    case 'stats':
      return serveStats(state, ctx, peer, request.path);
    case 'containerLogs':
    case 'exec':
    case 'attach':
    case 'portForward': {
      const worker = workerOf(state, namespace, pod);
      if (worker === undefined) return respond(ctx, peer, 404, 'pod does not exist');
      if (what === 'containerLogs') return serveLog(state, ctx, peer, worker, container, request.query);
      if (what === 'portForward') return servePortForward(state, ctx, peer, worker, request);
      if (what === 'exec') return execWithTokens(state, ctx, peer, worker, container, request);
      return serveStream(state, ctx, peer, worker, container, request);
    }
    default:
      return respond(ctx, peer, 404, '404 page not found\n');
  }
}

function workerOf(state: KubeletState, namespace: string, name: string): PodWorker | undefined {
  for (const worker of state.workers.values()) {
    const { metadata } = worker.pod;
    if (metadata.name === name && metadata.namespace === namespace && !worker.gone) return worker;
  }
  return undefined;
}
