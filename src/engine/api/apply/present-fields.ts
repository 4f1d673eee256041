/** What server-side apply has to know of types beyond their fields and lists. */

/**
 * Fields that Go's encoder never leaves out: structs that are no pointers, and (behind a `-`) lists and times without
 * omitempty, which are null then. The metadata, spec and status of every kind are such, too.
 */
const PRESENT = `
PodSpec -containers
PodCondition -lastProbeTime -lastTransitionTime
PodTemplateSpec metadata spec
JobTemplateSpec metadata spec
PersistentVolumeClaimTemplate metadata spec
PodTemplate template
Container resources
EphemeralContainer resources
PersistentVolumeClaimSpec resources
ServiceStatus loadBalancer
IngressStatus loadBalancer
NodeStatus daemonEndpoints nodeInfo
NodeDaemonEndpoints kubeletEndpoint
Event involvedObject source
events.Event regarding deprecatedSource
DeploymentSpec strategy template
ReplicaSetSpec template
StatefulSetSpec template updateStrategy
DaemonSetSpec template updateStrategy
JobSpec template
CronJobSpec jobTemplate
HorizontalPodAutoscalerSpec scaleTargetRef
FlowSchemaSpec priorityLevelConfiguration
LimitedPriorityLevelConfiguration limitResponse
CSINodeSpec -drivers
CustomResourceDefinitionSpec names
CustomResourceDefinitionStatus acceptedNames
MutatingWebhook clientConfig
ValidatingWebhook clientConfig
`;

const present = new Map(
  PRESENT.trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([type, ...words]) => [type!, words]),
);

/** Fields that are never absent, those that are null behind a `-`. */
export const presentFieldsOf = (type: string): readonly string[] =>
  present.get(type) ?? present.get(type.slice(type.lastIndexOf('.') + 1)) ?? [];
