/**
 * Tells in the status of each ValidatingAdmissionPolicy what its expressions get wrong about the kinds that it names.
 *
 * @source kubernetes pkg/controller/validatingadmissionpolicystatus/controller.go
 */
import { lateApi } from '#engine/api/late';
import { builtIn } from '#engine/api/registry';
import { type Change, NOTHING, type Plan, type View, defineController } from '#engine/client/plan';
import { mergePatch, targetOf } from '../steps';

export const policyStatusController = defineController({
  name: 'validatingadmissionpolicy-status-controller',
  component: 'validatingadmissionpolicy-status-controller',
  watches: ['ValidatingAdmissionPolicy', 'CustomResourceDefinition'],
  initialMemory: null,
  workers: 5,
  keysFor: ({ kind, type, object }: Change) =>
    kind === 'ValidatingAdmissionPolicy' && type !== 'deleted' ? [object.metadata.name] : [],
  reconcile: checkPolicy,
});

/** @param name - of the policy */
export function checkPolicy(view: View, name: string): Plan {
  const policy = view.get('ValidatingAdmissionPolicy', '', name);
  const observedGeneration = policy?.metadata.generation ?? 0;
  if (policy === undefined || observedGeneration <= (policy.status?.observedGeneration ?? 0)) return NOTHING;
  const warnings = lateApi.code.policyTypeWarnings(policy, builtIn, view.list('CustomResourceDefinition'));
  const typeChecking = { expressionWarnings: warnings.length === 0 ? null : warnings };
  return {
    steps: [mergePatch(targetOf(policy), { status: { observedGeneration, typeChecking } }, { subresource: 'status' })],
    because: `generation ${observedGeneration} of ValidatingAdmissionPolicy ${name} has not been checked`,
  };
}
