/** Fills `late.ts`; importing it is enough. */
import { answerAggregated, lookAtAggregation } from './aggregation';
import { podSecurity } from './admission/pod-security/pod-security';
import { chargeQuota, resourceQuota } from './admission/resource-quota/resource-quota';
import { rarePlugins } from './admission/rare/rare';
import { validatingPolicies } from './admission/policies/validating-policies';
import { webhooks } from './admission/policies/webhooks';
import { auditor } from './auditing/auditor';
import { beginConnect } from './connect';
import { issuerDocument } from './authentication/issuer';
import { type LegacyClaims, legacyUser } from './authentication/legacy-token';
import { impersonate } from './authentication/impersonation';
import { grantRefusal } from './authorization/granting';
import { decodeToken, encodeToken } from './continue-token';
import { settleDefinitions } from './definitions';
import { deleteCollection } from './delete-collection';
import { discoveryOf } from './discovery';
import { decideDelete } from './deletion';
import { decideDisruption, decideEviction } from './eviction';
import { flowControl } from './flow-control/flow-control';
import { lateAnswers } from './late';
import { drain, endpointsRemoved, startFails, stopServing } from './lifecycle';
import { metricsText } from './metrics';
import { patchRefusal } from './patch-refusal';
import { lateStreams } from './proxied';
import { answeringScale, decideScale, scaleConfig } from './scale';
import * as streams from './streams';
import { createToken } from './token-request';
import { answerVirtual } from './virtual';

lateStreams.provide(streams);
lateAnswers.provide({
  answerAggregated,
  lookAtAggregation,
  answerVirtual,
  answeringScale,
  auditor,
  beginConnect,
  chargeQuota,
  createToken,
  legacyUser: (state, token, claims) => legacyUser(state, token, claims as LegacyClaims),
  decodeToken,
  encodeToken,
  grantRefusal,
  decideDelete,
  decideDisruption,
  decideEviction,
  decideScale,
  deleteCollection,
  discoveryOf,
  drain,
  endpointsRemoved,
  flowControl,
  issuerDocument,
  metricsText,
  patchRefusal,
  podSecurity,
  rarePlugins,
  resourceQuota,
  scaleConfig,
  settleDefinitions,
  impersonate,
  startFails,
  stopServing,
  validatingPolicies,
  webhooks,
});
