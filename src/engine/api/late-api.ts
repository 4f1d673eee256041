/** Fills `late.ts`; importing it is enough. */
import { apply, applyConflict } from './apply/apply';
import { typeErrorText } from './apply/type-errors';
import { policyTypeWarnings } from './cel/type-checking';
import { certificateFor, readRequest } from './certificate';
import { autoscalerConversion } from './convert/horizontal-pod-autoscaler';
import { customResources } from './custom/custom-resources';
import { markedForDeletion } from './custom/lifecycle';
import { goJsonError } from './go-json';
import { approvalOf } from './kinds/certificate-signing-request';
import { withLabelKeys } from './kinds/pod-label-keys';
import { ephemeralContainersRules, resizeRules } from './kinds/pod-subresources';
import { lateApi } from './late';
import { rulesThatComeLate } from './late-rules';
import { LATE_SCHEMA } from './late-schema.generated';
import { applyJsonPatch } from './patch/json-patch';
import { createThreeWayPatch } from './patch/three-way';
import { tableFor } from './print';
import { countedOf, countQuota } from './quota/usage';
import { lateSchema } from './schema';
import { validateAffinity, validateSchedulingGates, validateSpreadConstraints } from './validation/affinity';
import { validatePodSpecUpdate } from './validation/pod-update';
import {
  serviceWarnings,
  validateHints,
  validateTopologyAnnotations,
  validateTrafficDistribution,
} from './validation/traffic-hints';

lateSchema.provide(LATE_SCHEMA);
lateApi.provide({
  withLabelKeys,
  podSubresources: { ephemeralcontainers: ephemeralContainersRules, resize: resizeRules },
  tableFor,
  apply,
  applyConflict,
  typeErrorText,
  applyJsonPatch,
  createThreeWayPatch,
  goJsonError,
  readRequest,
  certificateFor,
  approvalOf,
  countedOf,
  countQuota,
  markedForDeletion,
  customResources,
  policyTypeWarnings,
  validateAffinity,
  validatePodSpecUpdate,
  validateSchedulingGates,
  validateSpreadConstraints,
  serviceWarnings,
  validateHints,
  validateTopologyAnnotations,
  validateTrafficDistribution,
  conversions: { HorizontalPodAutoscaler: autoscalerConversion },
  rules: rulesThatComeLate,
});
