/** What only answers requests that no component of a starting cluster makes; `late-answers.ts` fills it. */
import { LateCode } from '#engine/api/late-code';
import type { Context } from '#engine/kernel/process';
import type { podSecurity } from './admission/pod-security/pod-security';
import type { chargeQuota, resourceQuota } from './admission/resource-quota/resource-quota';
import type { RarePlugins } from './admission/rare/rare';
import type { validatingPolicies } from './admission/policies/validating-policies';
import type { webhooks } from './admission/policies/webhooks';
import type { discoveryOf } from './discovery';
import type { metricsText } from './metrics';
import type { ResourceRequest } from './routes';
import type { ApiServerState, Asker } from './state';
import type { WatchCache } from './watch-cache';
import type { ApiRequest } from './wire';

type Answers = (state: ApiServerState, ctx: Context, asker: Asker, request: ApiRequest, route: ResourceRequest) => void;

export interface LateAnswers {
  readonly answerVirtual: Answers;
  readonly beginConnect: Answers;
  readonly createToken: Answers;
  readonly discoveryOf: typeof discoveryOf;
  readonly metricsText: typeof metricsText;
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
