/**
 * Admission: plug-ins that may change or refuse a write, in Kubernetes' order. Each is a pure function.
 *
 * @source kubernetes pkg/kubeapiserver/options/plugins.go
 */
import type { KubeObject } from '#engine/api/types';
import type { Surroundings } from '../surroundings';
import { certificates } from './certificates';
import { defaultClass } from './default-class';
import { defaultTolerationSeconds } from './default-toleration-seconds';
import { limitRanger, limitRangerBounds } from './limit-ranger';
import { namespaceLifecycle } from './namespace-lifecycle';
import { admit, type AdmissionPlugin, type AdmissionRequest, type Verdict } from './plugin';
import { podSecurityGate } from './pod-security/gate';
import { podTopologyLabels } from './pod-topology-labels';
import { priority, priorityClassDefault } from './priority';
import { resourceQuotaGate } from './resource-quota/gate';
import { serviceAccount } from './service-account';
import { taintNodesByCondition } from './taint-nodes-by-condition';

const MUTATING: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  taintNodesByCondition,
  priority,
  certificates,
  defaultTolerationSeconds,
  defaultClass,
  podTopologyLabels,
];
const VALIDATING: readonly AdmissionPlugin[] = [
  limitRangerBounds,
  podSecurityGate,
  priorityClassDefault,
  resourceQuotaGate,
];

function runPlugins(
  plugins: readonly AdmissionPlugin[],
  request: AdmissionRequest,
  object: KubeObject,
  around: Surroundings,
): Verdict {
  let current = object;
  // The others know kinds by their names, which a definition may give to something else.
  const isCustom = request.info.schema === 'CustomResource';
  for (const plugin of plugins) {
    if (isCustom && plugin !== namespaceLifecycle) continue;
    const verdict = plugin(request, current, around);
    if (verdict.type !== 'admit') return verdict;
    current = verdict.object;
  }
  return admit(current);
}

/** The plug-ins that may change the object; before it has its name and uid. */
export const mutate = (request: AdmissionRequest, object: KubeObject, around: Surroundings): Verdict =>
  runPlugins(MUTATING, request, object, around);

/** The plug-ins that only refuse; after validation. */
export const validateAdmission = (request: AdmissionRequest, object: KubeObject, around: Surroundings): Verdict =>
  runPlugins(VALIDATING, request, object, around);
