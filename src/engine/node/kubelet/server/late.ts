/**
 * The kubelet's server, how it gets a first certificate, and how it resizes pods, seen from the kubelet; `late-server.ts` fills it. Nobody asks it
 * anything before somebody acts, and the machines that a cluster begins with have their certificates.
 */
import type { HttpRequest } from '#engine/apiserver/stream-wire';
import { LateCode } from '#engine/late/late-code';
import type { Context } from '#engine/kernel/process';
import type { Delivery } from '#engine/client/client';
import type { AccessTag } from './access';
import type { logGrown, logReady } from './container-logs';
import type { ContainerWork, KubeletState, PodWorker } from '../state';
import type { beginBootstrap, bootstrapHeard } from '../tls-bootstrap';
import type { findDirectories, mountsOf, volumesInUse } from './volumes';
import type { renewTokens, tokenAnswered, tokensReady } from './tokens';
import type { statsAnswered } from './stats';
import type { streamAnswered, streamEnded } from './streams';

type Answered = Extract<Delivery, { type: 'answer' }>;

export interface KubeletServer {
  serveHttp(state: KubeletState, ctx: Context, request: HttpRequest): void;
  /** Grants what a spec wants when the node has it (`resize.ts`). */
  considerResize(state: KubeletState, worker: PodWorker, ctx: Context): void;
  /** A container has what was granted. */
  resizeDone(state: KubeletState, worker: PodWorker, work: ContainerWork, ctx: Context): void;
  /** It is known whether somebody may ask: he is served, or refused. */
  accessAnswered(state: KubeletState, ctx: Context, tag: AccessTag, answer: Answered): void;
  readonly logReady: typeof logReady;
  readonly logGrown: typeof logGrown;
  readonly streamAnswered: typeof streamAnswered;
  readonly streamEnded: typeof streamEnded;
  readonly statsAnswered: typeof statsAnswered;
  readonly renewTokens: typeof renewTokens;
  readonly tokenAnswered: typeof tokenAnswered;
  readonly tokensReady: typeof tokensReady;
  readonly findDirectories: typeof findDirectories;
  readonly mountsOf: typeof mountsOf;
  readonly volumesInUse: typeof volumesInUse;
  readonly beginBootstrap: typeof beginBootstrap;
  readonly bootstrapHeard: typeof bootstrapHeard;
}

export const kubeletServer = new LateCode<KubeletServer>("the kubelet's server");
