/**
 * Webhooks: this cluster calls none. A request that one is about fails as it does where nobody answers, and goes on where
 * that is to be ignored.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/webhook/{generic/webhook,mutating/dispatcher,validating/dispatcher}.go,
 *   apiserver/pkg/util/webhook/error.go
 */
import { CONDITION, PolicyCompiler } from '#engine/api/cel/policy';
import { uncalled } from '#engine/api/validation/webhook-client';
import { internalError } from '#engine/api/status-error';
import type { KubeObject, MutatingWebhookConfiguration } from '#engine/api/types';
import type { Surroundings } from '../../surroundings';
import { admit, type AdmissionPlugin, type AdmissionRequest, refuse } from '../plugin';
import { Activation, askedOf, type Conditions, conditionsHold } from './activation';
import { isSelected, matchedBy } from './match';

type Hook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number];

const compiledHooks = new WeakMap<Hook, Conditions>();

function conditionsOf(hook: Hook): Conditions {
  let known = compiledHooks.get(hook);
  if (known === undefined) {
    const compiler = new PolicyCompiler(false);
    known = (hook.matchConditions ?? []).map(({ expression }) => ({
      source: expression,
      ...compiler.compile(expression, { params: false, authorizer: true }, CONDITION),
    }));
    compiledHooks.set(hook, known);
  }
  return known;
}

/** Why a request cannot go on; null where this hook has nothing to say. */
function failureOf(hook: Hook, request: AdmissionRequest, object: KubeObject, around: Surroundings): string | null {
  const asked = askedOf(request, object);
  if (!isSelected(hook, asked, around)) return null;
  const matched = matchedBy(hook.rules ?? [], hook.matchPolicy, asked, around);
  if (matched === null) return null;
  const activation = new Activation(asked, matched, around, { params: null, authorizer: true });
  const holds = conditionsHold(conditionsOf(hook), activation);
  if (holds === false || hook.failurePolicy === 'Ignore') return null;
  if (holds !== true) return holds;
  const { clientConfig, timeoutSeconds = 10 } = hook;
  return `failed calling webhook ${JSON.stringify(hook.name)}: failed to call webhook: ${uncalled(clientConfig ?? {}, timeoutSeconds)}`;
}

/** The webhooks of a resource, `mutatingwebhookconfigurations` or the other, in order of their names. */
export const webhooks =
  (resource: string): AdmissionPlugin =>
  (request, object, around) => {
    for (const configuration of around.all(`${resource}.admissionregistration.k8s.io`)) {
      for (const hook of (configuration as MutatingWebhookConfiguration).webhooks ?? []) {
        const failure = failureOf(hook, request, object, around);
        if (failure !== null) return refuse(internalError(failure));
      }
    }
    return admit(object);
  };
