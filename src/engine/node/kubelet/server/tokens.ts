/**
 * Tokens of service accounts for the pods that somebody looks into: asked for when a command is run in a container, or before
 * a container starts whose command names the directory; from then on renewed in time.
 *
 * @source kubernetes pkg/kubelet/token/token_manager.go, pkg/volume/projected/projected.go
 * @simplified upstream asks before the pod starts and renews within the next minute and a half
 */
import { parseTimestamp } from '#engine/api/timestamp';
import type { Status } from '#engine/api/types';
import { type Delivery, request } from '#engine/client/client';
import { objectPath } from '#engine/client/paths';
import type { HttpRequest } from '#engine/apiserver/stream-wire';
import type { Context } from '#engine/kernel/process';
import { HOUR, type Micros, MINUTE } from '#engine/kernel/time';
import { askRuntime } from '../runtime-link';
import { containersOf, type KubeletState, type PodTokens, type PodWorker, specsOf } from '../state';
import { type TokenSource, tokenKey, tokenSources } from '../token-mounts';
import type { ServerPeer } from './state';
import { serveStream } from './streams';

/** A token is renewed at this part of its life, and at the latest after so long. */
const LIFE_USED = 0.8;
const LONGEST: Micros = 24 * HOUR;
const RETRY: Micros = MINUTE;

/** Whether a pod has its tokens, or is to go without; if not they are asked for. */
export function tokensReady(state: KubeletState, worker: PodWorker, ctx: Context): boolean {
  let tokens = state.tokens.get(worker.uid);
  if (tokens === undefined) {
    const sources = tokenSources(worker.pod);
    if (sources.length === 0) return true;
    state.tokens.set(worker.uid, (tokens = { held: new Map(), asked: 0, renewAt: 0, execs: [] }));
    askFor(state, worker, tokens, sources, ctx);
  }
  return tokens.asked === 0;
}

function askFor(
  state: KubeletState,
  worker: PodWorker,
  tokens: PodTokens,
  sources: readonly TokenSource[],
  ctx: Context,
): void {
  const { metadata, spec } = worker.pod;
  tokens.asked = sources.length;
  tokens.renewAt = Number.MAX_SAFE_INTEGER;
  for (const source of sources) {
    const { audience, expirationSeconds } = source;
    const account = objectPath('ServiceAccount', metadata.namespace ?? '', spec.serviceAccountName ?? 'default');
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid },
      },
    };
    const tag = { type: 'kubelet/token', uid: worker.uid, source: tokenKey(source) };
    request(state.client, ctx, { method: 'POST', path: `${account}/token`, body }, tag);
  }
}

interface Issued {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** @returns whether the pod's containers that waited may go on */
export function tokenAnswered(
  state: KubeletState,
  { uid, source }: { readonly uid: string; readonly source: string },
  answer: Extract<Delivery, { type: 'answer' }>,
  ctx: Context,
): boolean {
  const worker = state.workers.get(uid);
  const tokens = state.tokens.get(uid);
  if (worker === undefined || tokens === undefined) return false;
  let renewIn = RETRY;
  if (answer.ok) {
    const { token, expirationTimestamp } = (answer.body as Issued).status;
    tokens.held.set(source, token);
    renewIn = Math.min(LONGEST, (parseTimestamp(expirationTimestamp) - ctx.now) * LIFE_USED);
  } else
    ctx.log(
      `E "Couldn't get token for pod" pod="${worker.pod.metadata.name}" err="${(answer.body as Partial<Status>).message ?? ''}"`,
    );
  tokens.renewAt = Math.min(tokens.renewAt, ctx.monotonic + Math.round(renewIn));
  if (--tokens.asked > 0) return false;
  ctx.after(Math.max(0, tokens.renewAt - ctx.monotonic), { type: 'kubelet/renew-token', uid } as { type: string });
  writeTokens(state, worker, tokens, ctx);
  for (const { peer, container, asked } of tokens.execs.splice(0))
    serveStream(state, ctx, peer, worker, container, asked);
  return true;
}

/** The time has come to renew the tokens of a pod. */
export function renewTokens(state: KubeletState, uid: string, ctx: Context): void {
  const worker = state.workers.get(uid);
  const tokens = state.tokens.get(uid);
  if (worker === undefined || tokens === undefined || tokens.asked > 0) return;
  askFor(state, worker, tokens, tokenSources(worker.pod), ctx);
}

/** Puts the tokens where the containers that run have them mounted. */
function writeTokens(state: KubeletState, worker: PodWorker, { held }: PodTokens, ctx: Context): void {
  for (const work of containersOf(worker)) {
    if (work.runtime?.state !== 'running') continue;
    const files: Record<string, string> = {};
    for (const { name, mountPath } of specsOf(worker.pod.spec, work.role)?.[work.index]?.volumeMounts ?? [])
      for (const source of tokenSources(worker.pod)) {
        const text = source.volume === name ? held.get(tokenKey(source)) : undefined;
        if (text !== undefined) files[`${mountPath}/${source.path}`] = text;
      }
    if (Object.keys(files).length > 0)
      askRuntime(state, ctx, { type: 'node/write-files', containerId: work.runtime.id, files }, { what: 'forget' });
  }
}

/** Takes up an exec as soon as the pod has its tokens. */
export function execWithTokens(
  state: KubeletState,
  ctx: Context,
  peer: ServerPeer,
  worker: PodWorker,
  container: string,
  asked: HttpRequest,
): void {
  if (tokensReady(state, worker, ctx)) serveStream(state, ctx, peer, worker, container, asked);
  else state.tokens.get(worker.uid)?.execs.push({ peer, container, asked });
}
