/** Rules of the kinds of which a starting cluster has no object; their rows in `resources/` say `lateRules('Kind')`. */
import {
  admissionPolicyRules,
  mutatingWebhookRules,
  policyBindingRules,
  validatingWebhookRules,
} from './kinds/admission-registration';
import { apiServiceRules } from './kinds/api-service';
import { flowSchemaRules, priorityLevelRules } from './kinds/flow-control';
import type { KindRules } from './kind-rules';
import { certificateSigningRequestRules } from './kinds/certificate-signing-request';
import { controllerRevisionRules } from './kinds/controller-revision';
import { customResourceDefinitionRules } from './kinds/custom-resource-definition';
import { daemonSetRules } from './kinds/daemon-set';
import { horizontalPodAutoscalerRules } from './kinds/horizontal-pod-autoscaler';
import { ingressClassRules, ingressRules } from './kinds/ingress';
import { cronJobRules, jobRules } from './kinds/job';
import { networkPolicyRules } from './kinds/network-policy';
import { persistentVolumeClaimRules, persistentVolumeRules } from './kinds/persistent-volume';
import { podDisruptionBudgetRules } from './kinds/pod-disruption-budget';
import { limitRangeRules, resourceQuotaRules } from './kinds/quota';
import { podTemplateRules, replicationControllerRules } from './kinds/replication-controller';
import { runtimeClassRules } from './kinds/runtime-class';
import { statefulSetRules } from './kinds/stateful-set';
import { csiDriverRules, csiNodeRules, storageClassRules, volumeAttachmentRules } from './kinds/storage';

export const rulesThatComeLate: Readonly<Record<string, KindRules>> = {
  APIService: apiServiceRules,
  CSIDriver: csiDriverRules,
  CSINode: csiNodeRules,
  CertificateSigningRequest: certificateSigningRequestRules,
  ControllerRevision: controllerRevisionRules,
  CronJob: cronJobRules,
  CustomResourceDefinition: customResourceDefinitionRules,
  DaemonSet: daemonSetRules,
  HorizontalPodAutoscaler: horizontalPodAutoscalerRules,
  Ingress: ingressRules,
  FlowSchema: flowSchemaRules,
  PriorityLevelConfiguration: priorityLevelRules,
  MutatingWebhookConfiguration: mutatingWebhookRules,
  ValidatingWebhookConfiguration: validatingWebhookRules,
  ValidatingAdmissionPolicy: admissionPolicyRules,
  ValidatingAdmissionPolicyBinding: policyBindingRules,
  IngressClass: ingressClassRules,
  Job: jobRules,
  LimitRange: limitRangeRules,
  NetworkPolicy: networkPolicyRules,
  PersistentVolume: persistentVolumeRules,
  PersistentVolumeClaim: persistentVolumeClaimRules,
  PodDisruptionBudget: podDisruptionBudgetRules,
  PodTemplate: podTemplateRules,
  ReplicationController: replicationControllerRules,
  ResourceQuota: resourceQuotaRules,
  RuntimeClass: runtimeClassRules,
  StatefulSet: statefulSetRules,
  StorageClass: storageClassRules,
  VolumeAttachment: volumeAttachmentRules,
};
