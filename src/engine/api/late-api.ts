/** Fills `late.ts`; importing it is enough. The rules of a kind of which a starting cluster has no object belong here. */
import { apply, applyConflict } from './apply/apply';
import { typeErrorText } from './apply/type-errors';
import { certificateFor, readRequest } from './certificate';
import { autoscalerConversion } from './convert/horizontal-pod-autoscaler';
import { certificateSigningRequestRules } from './kinds/certificate-signing-request';
import { lateApi } from './late';
import { applyJsonPatch } from './patch/json-patch';
import { tableFor } from './print';

lateApi.provide({
  tableFor,
  apply,
  applyConflict,
  typeErrorText,
  applyJsonPatch,
  readRequest,
  certificateFor,
  conversions: { HorizontalPodAutoscaler: autoscalerConversion },
  rules: { CertificateSigningRequest: certificateSigningRequestRules },
});
