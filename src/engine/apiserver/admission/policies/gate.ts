/** Whether any policy or webhook is there to have something to say to a write. */
import { lateAnswers } from '../../late';
import { admit, type AdmissionPlugin } from '../plugin';

const GROUP = 'admissionregistration.k8s.io';
const BINDINGS = `validatingadmissionpolicybindings.${GROUP}`;

/** Policies and webhooks have no say about themselves. */
const asksAtAll: AdmissionPlugin = (request, object, around) =>
  request.info.group === GROUP || around.all(BINDINGS).length === 0
    ? admit(object)
    : lateAnswers.code.validatingPolicies(request, object, around);

const webhooks = (resource: string): AdmissionPlugin => {
  const id = `${resource}.${GROUP}`;
  return (request, object, around) =>
    request.info.group === GROUP || around.all(id).length === 0
      ? admit(object)
      : lateAnswers.code.webhooks(resource)(request, object, around);
};

export const validatingPolicyGate = asksAtAll;
export const mutatingWebhookGate = webhooks('mutatingwebhookconfigurations');
export const validatingWebhookGate = webhooks('validatingwebhookconfigurations');
