/**
 * Admission: plug-ins that may change or refuse a write, in Kubernetes' order. Each is a pure function.
 *
 * @source kubernetes pkg/kubeapiserver/options/plugins.go
 */
import type { KubeObject } from '#engine/api/types';
import type { Surroundings } from '../surroundings';
import { defaultTolerationSeconds } from './default-toleration-seconds';
import { namespaceLifecycle } from './namespace-lifecycle';
import { nodeRestriction } from './node-restriction';
import { type AdmissionPlugin, type AdmissionRequest, inTurn, type Verdict } from './plugin';
import { mutatingWebhookGate, validatingPolicyGate, validatingWebhookGate } from './policies/gate';
import { podSecurityGate } from './pod-security/gate';
import { podTopologyLabels } from './pod-topology-labels';
import { priority, priorityClassDefault } from './priority';
import { limitBoundsGate, limitRangerGate, rareMutations, rareRefusals } from './rare/gate';
import { resourceQuotaGate } from './resource-quota/gate';
import { serviceAccount } from './service-account';
import { taintNodesByCondition } from './taint-nodes-by-condition';

const MUTATING: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRangerGate,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  rareMutations,
  podTopologyLabels,
  mutatingWebhookGate,
];
const VALIDATING: readonly AdmissionPlugin[] = [
  limitBoundsGate,
  podSecurityGate,
  priorityClassDefault,
  rareRefusals,
  validatingPolicyGate,
  validatingWebhookGate,
  resourceQuotaGate,
];

/** The others know kinds by their names, which a definition may give to something else. */
const MUTATING_CUSTOM: readonly AdmissionPlugin[] = [namespaceLifecycle, mutatingWebhookGate];
const VALIDATING_CUSTOM: readonly AdmissionPlugin[] = [validatingPolicyGate, validatingWebhookGate, resourceQuotaGate];

const isCustom = ({ info }: AdmissionRequest): boolean => info.schema === 'CustomResource';

/** The plug-ins that may change the object; before it has its name and uid. */
export const mutate = (request: AdmissionRequest, object: KubeObject, around: Surroundings): Verdict =>
  inTurn(isCustom(request) ? MUTATING_CUSTOM : MUTATING, request, object, around);

/** The plug-ins that only refuse; after validation. */
export const validateAdmission = (request: AdmissionRequest, object: KubeObject, around: Surroundings): Verdict =>
  inTurn(isCustom(request) ? VALIDATING_CUSTOM : VALIDATING, request, object, around);

/** Those who have a say about what takes objects of a kind of its own: bindings, evictions, tokens, connects. */
const OF_SUBRESOURCES: readonly AdmissionPlugin[] = [mutatingWebhookGate, validatingPolicyGate, validatingWebhookGate];

export const validateSubresource = (request: AdmissionRequest, object: KubeObject, around: Surroundings): Verdict =>
  inTurn(OF_SUBRESOURCES, request, object, around);
