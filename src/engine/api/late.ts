/**
 * What of the API's own rules no cluster needs before somebody acts (`late-code.ts`): `late-api.ts` fills it. Modules that are
 * named there may not import this file.
 */
import type { apply, applyConflict } from './apply/apply';
import type { typeErrorText } from './apply/type-errors';
import type { policyTypeWarnings } from './cel/type-checking';
import type { certificateFor, readRequest } from './certificate';
import type { Conversion } from './convert/conversion';
import type { customResources } from './custom/custom-resources';
import type { markedForDeletion } from './custom/lifecycle';
import type { KindRules, SubresourceRules } from './kind-rules';
import type { approvalOf } from './kinds/certificate-signing-request';
import type { withLabelKeys } from './kinds/pod-label-keys';
import type { goJsonError } from './go-json';
import { LateCode } from '#engine/late/late-code';
import type { countedOf, countQuota } from './quota/usage';
import type { applyJsonPatch } from './patch/json-patch';
import type { createThreeWayPatch } from './patch/three-way';
import type { tableFor } from './print';
import type { Pod } from './types';
import type { validateAffinity, validateSchedulingGates, validateSpreadConstraints } from './validation/affinity';
import type { validatePodSpecUpdate } from './validation/pod-update';
import type {
  serviceWarnings,
  validateHints,
  validateTopologyAnnotations,
  validateTrafficDistribution,
} from './validation/traffic-hints';

export interface LateApi {
  readonly withLabelKeys: typeof withLabelKeys;
  /** Of pods, by name. */
  readonly podSubresources: Readonly<Record<string, SubresourceRules<Pod>>>;
  readonly tableFor: typeof tableFor;
  readonly apply: typeof apply;
  readonly applyConflict: typeof applyConflict;
  readonly typeErrorText: typeof typeErrorText;
  readonly applyJsonPatch: typeof applyJsonPatch;
  /** Of `kubectl apply` to what is there. */
  readonly createThreeWayPatch: typeof createThreeWayPatch;
  readonly goJsonError: typeof goJsonError;
  readonly readRequest: typeof readRequest;
  readonly certificateFor: typeof certificateFor;
  readonly approvalOf: typeof approvalOf;
  readonly countedOf: typeof countedOf;
  readonly countQuota: typeof countQuota;
  readonly markedForDeletion: typeof markedForDeletion;
  readonly customResources: typeof customResources;
  readonly policyTypeWarnings: typeof policyTypeWarnings;
  readonly validateAffinity: typeof validateAffinity;
  readonly validatePodSpecUpdate: typeof validatePodSpecUpdate;
  readonly validateSchedulingGates: typeof validateSchedulingGates;
  readonly validateSpreadConstraints: typeof validateSpreadConstraints;
  readonly serviceWarnings: typeof serviceWarnings;
  readonly validateHints: typeof validateHints;
  readonly validateTopologyAnnotations: typeof validateTopologyAnnotations;
  readonly validateTrafficDistribution: typeof validateTrafficDistribution;
  /** By kind. */
  readonly conversions: Readonly<Record<string, Conversion>>;
  /** By kind: of those of which a starting cluster has no object. */
  readonly rules: Readonly<Record<string, KindRules>>;
}

export const lateApi = new LateCode<LateApi>('the rest of the API');

/** The rules of a kind of which a starting cluster has no object. */
export const lateRules = (kind: string): KindRules =>
  new Proxy({} as KindRules, { get: (_, name) => Reflect.get(lateApi.code.rules[kind]!, name) as unknown });

/** The conversion of a kind of which a starting cluster has no object. */
export const lateConversion = (kind: string, store: string): Conversion => ({
  store,
  toStored: (object) => lateApi.code.conversions[kind]!.toStored(object),
  fromStored: (object) => lateApi.code.conversions[kind]!.fromStored(object),
});
