/** What only answers requests that no component of a starting cluster makes; `late-answers.ts` fills it. */
import { LateCode } from '#engine/late/late-code';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, Status } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import type { podSecurity } from './admission/pod-security/pod-security';
import type { chargeQuota, resourceQuota } from './admission/resource-quota/resource-quota';
import type { RarePlugins } from './admission/rare/rare';
import type { validatingPolicies } from './admission/policies/validating-policies';
import type { webhooks } from './admission/policies/webhooks';
import type { issuerDocument } from './authentication/issuer';
import type { grantRefusal } from './authorization/granting';
import type { decodeToken, encodeToken } from './continue-token';
import type { UserInfo } from './authentication/user';
import type { Decision } from './decision';
import type { discoveryOf } from './discovery';
import type { patchRefusal } from './patch-refusal';
import type { ResourceRequest } from './routes';
import type { ApiServerState, Asker, Current, Operation } from './state';
import type { Surroundings } from './surroundings';
import type { WatchCache } from './watch-cache';
import type { ApiRequest, Impersonation } from './wire';

type Answers = (state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest, route: ResourceRequest) => void;

/** The audit log of a policy (`auditing/auditor.ts`). */
export interface Auditor {
  /** @param user - who asks, whom the asker may be impersonated by */
  received(
    state: ApiServerState,
    ctx: Context,
    asker: Asker,
    user: UserInfo,
    request: ApiRequest,
    route: ResourceRequest | null,
  ): void;
  annotate(state: ApiServerState, asker: Asker, annotations: Readonly<Record<string, string>>): void;
  answered(state: ApiServerState, ctx: Context, asker: Asker, code: number, body: unknown): void;
}

/** Priority and fairness (`flow-control/flow-control.ts`). */
export interface FlowControl {
  /** @returns whether the request may go on now; else it waits, or was refused */
  take(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest, route: ResourceRequest | null): boolean;
  /** A request has been answered. @returns header fields of the answer */
  finish(state: ApiServerState, ctx: Context, asker: Asker): Readonly<Record<string, string>>;
  /** Lets requests go on that waited, and refuses those that have waited for too long. */
  letGo(state: ApiServerState, ctx: Context, goOn: (asker: Asker, request: ApiRequest) => void): void;
}

export interface LateAnswers {
  /** Passes a request on to who answers for its group. @returns false when nobody else does */
  answerAggregated(state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest): boolean;
  lookAtAggregation(state: ApiServerState, ctx: Context): void;
  readonly answerVirtual: Answers;
  readonly auditor: Auditor;
  readonly beginConnect: Answers;
  readonly createToken: Answers;
  /** @param claims - of a token that stands in a Secret (`authentication/legacy-token.ts`) */
  legacyUser(state: ApiServerState, token: string, claims: unknown): UserInfo | string;
  readonly deleteCollection: Answers;
  answeringScale(info: ResourceInfo, decision: Decision): Decision;
  decideScale(operation: Operation, info: ResourceInfo, old: KubeObject, around: Surroundings): Decision;
  scaleConfig(body: unknown, info: ResourceInfo): unknown;
  decideDelete(operation: Operation, info: ResourceInfo, current: Current, around: Surroundings): Decision;
  decideDisruption(operation: Operation, current: Current, around: Surroundings): Decision;
  decideEviction(operation: Operation, info: ResourceInfo, current: Current, around: Surroundings): Decision;
  readonly discoveryOf: typeof discoveryOf;
  readonly flowControl: FlowControl;
  readonly issuerDocument: typeof issuerDocument;
  drain(state: ApiServerState, ctx: Context): void;
  /** Whom a user acts as; a Status: may not. */
  impersonate(
    state: ApiServerState,
    user: UserInfo,
    wanted: Impersonation,
  ): { readonly user: UserInfo } | { readonly refusal: Status };
  endpointsRemoved(state: ApiServerState, ctx: Context): void;
  startFails(state: ApiServerState, ctx: Context, phase: 'apiserver/start' | 'apiserver/hooks'): void;
  stopServing(state: ApiServerState, ctx: Context): void;
  metricsText(state: ApiServerState): string;
  readonly decodeToken: typeof decodeToken;
  readonly encodeToken: typeof encodeToken;
  readonly grantRefusal: typeof grantRefusal;
  readonly patchRefusal: typeof patchRefusal;
  readonly chargeQuota: typeof chargeQuota;
  readonly podSecurity: typeof podSecurity;
  readonly rarePlugins: RarePlugins;
  readonly resourceQuota: typeof resourceQuota;
  /** Does for all definitions of a cache what is next. */
  readonly settleDefinitions: (state: ApiServerState, ctx: Context, definitions: WatchCache) => void;
  readonly validatingPolicies: typeof validatingPolicies;
  readonly webhooks: typeof webhooks;
}

export const lateAnswers = new LateCode<LateAnswers>('the rest of the API server');
