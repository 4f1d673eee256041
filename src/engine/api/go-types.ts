/**
 * Objects as Go prints the structs of the internal version as JSON: all fields by their Go names, in the order in which they are
 * declared.
 *
 * @source kubernetes pkg/apis/core/types.go
 * @simplified what stands inside of volume sources that hardly anybody has prints by the names of the API
 */
import { escapedJson } from './field-error';
import { sortedKeys } from './json';
import { canonicalQuantity } from './quantity';
import { unifiedDiff } from './unified-diff';

/**
 * Fields with what they hold: nothing more, what may be nil; `'` a text, `#` a number, `!` a boolean, `%` quantities by name,
 * `$` a quantity, `*T` a pointer to a struct or a list of structs, `=T` a struct that is always there.
 */
const TYPES = {
  PodSpec:
    "Volumes*Volume InitContainers*Container Containers*Container EphemeralContainers*EphemeralContainer RestartPolicy' TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy' NodeSelector ServiceAccountName' AutomountServiceAccountToken NodeName' SecurityContext=PodSecurityContext ImagePullSecrets*Named Hostname' Subdomain' SetHostnameAsFQDN Affinity*Affinity SchedulerName' Tolerations*Toleration HostAliases*HostAlias PriorityClassName' Priority PreemptionPolicy DNSConfig*PodDNSConfig ReadinessGates*PodReadinessGate RuntimeClassName Overhead% EnableServiceLinks TopologySpreadConstraints*TopologySpreadConstraint OS*Named SchedulingGates*Named ResourceClaims*PodResourceClaim Resources*ResourceRequirements HostnameOverride WorkloadRef",
  Container:
    "Name' Image' Command Args WorkingDir' Ports*ContainerPort EnvFrom*EnvFromSource Env*EnvVar Resources=ResourceRequirements ResizePolicy*ContainerResizePolicy RestartPolicy RestartPolicyRules*ContainerRestartRule VolumeMounts*VolumeMount VolumeDevices*VolumeDevice LivenessProbe*Probe ReadinessProbe*Probe StartupProbe*Probe Lifecycle*Lifecycle TerminationMessagePath' TerminationMessagePolicy' ImagePullPolicy' SecurityContext*SecurityContext Stdin! StdinOnce! TTY!",
  ContainerPort: "Name' HostPort# ContainerPort# Protocol' HostIP'",
  EnvFromSource: "Prefix' ConfigMapRef*Source SecretRef*Source",
  Source: "Name' Optional",
  EnvVar: "Name' Value' ValueFrom*EnvVarSource",
  EnvVarSource:
    'FieldRef*FieldRef ResourceFieldRef*ResourceFieldRef ConfigMapKeyRef*KeyRef SecretKeyRef*KeyRef FileKeyRef',
  FieldRef: "APIVersion' FieldPath'",
  ResourceFieldRef: "ContainerName' Resource' Divisor$",
  KeyRef: "Name' Key' Optional",
  ResourceRequirements: 'Limits% Requests% Claims*ResourceClaim',
  ResourceClaim: "Name' Request'",
  ContainerResizePolicy: "ResourceName' RestartPolicy'",
  ContainerRestartRule: "Action' ExitCodes*ExitCodes",
  ExitCodes: "Operator' Values",
  VolumeMount: "Name' ReadOnly! RecursiveReadOnly MountPath' SubPath' MountPropagation SubPathExpr'",
  VolumeDevice: "Name' DevicePath'",
  Probe:
    'Exec*Exec HTTPGet*HTTPGet TCPSocket*TCPSocket GRPC*GRPC InitialDelaySeconds# TimeoutSeconds# PeriodSeconds# SuccessThreshold# FailureThreshold# TerminationGracePeriodSeconds',
  Exec: 'Command',
  HTTPGet: "Path' Port Host' Scheme' HTTPHeaders*HTTPHeader",
  HTTPHeader: "Name' Value'",
  TCPSocket: "Port Host'",
  GRPC: 'Port# Service',
  Lifecycle: 'PostStart*LifecycleHandler PreStop*LifecycleHandler StopSignal',
  LifecycleHandler: 'Exec*Exec HTTPGet*HTTPGet TCPSocket*TCPSocket Sleep*Sleep',
  Sleep: 'Seconds#',
  SecurityContext:
    'Capabilities*Capabilities Privileged SELinuxOptions*SELinuxOptions WindowsOptions*WindowsOptions RunAsUser RunAsGroup RunAsNonRoot ReadOnlyRootFilesystem AllowPrivilegeEscalation ProcMount SeccompProfile*Profile AppArmorProfile*Profile',
  Capabilities: 'Add Drop',
  SELinuxOptions: "User' Role' Type' Level'",
  WindowsOptions: 'GMSACredentialSpecName GMSACredentialSpec RunAsUserName HostProcess',
  Profile: "Type' LocalhostProfile",
  PodSecurityContext:
    'HostNetwork! HostPID! HostIPC! ShareProcessNamespace HostUsers SELinuxOptions*SELinuxOptions WindowsOptions*WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls*Sysctl SeccompProfile*Profile AppArmorProfile*Profile SELinuxChangePolicy',
  Sysctl: "Name' Value'",
  Named: "Name'",
  Affinity: 'NodeAffinity*NodeAffinity PodAffinity*PodAffinity PodAntiAffinity*PodAffinity',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution*NodeSelector PreferredDuringSchedulingIgnoredDuringExecution*PreferredNode',
  NodeSelector: 'NodeSelectorTerms*NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions*Requirement MatchFields*Requirement',
  Requirement: "Key' Operator' Values",
  PreferredNode: 'Weight# Preference=NodeSelectorTerm',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution*PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution*WeightedTerm',
  PodAffinityTerm: "LabelSelector Namespaces TopologyKey' NamespaceSelector MatchLabelKeys MismatchLabelKeys",
  WeightedTerm: 'Weight# PodAffinityTerm=PodAffinityTerm',
  Toleration: "Key' Operator' Value' Effect' TolerationSeconds",
  HostAlias: "IP' Hostnames",
  PodDNSConfig: 'Nameservers Searches Options*DNSOption',
  DNSOption: "Name' Value",
  PodReadinessGate: "ConditionType'",
  TopologySpreadConstraint:
    "MaxSkew# TopologyKey' WhenUnsatisfiable' LabelSelector MinDomains NodeAffinityPolicy NodeTaintsPolicy MatchLabelKeys",
  PodResourceClaim: "Name' ResourceClaimName ResourceClaimTemplateName",
  Volume:
    "Name' HostPath*HostPath EmptyDir*EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo Secret*SecretVolume NFS*NFS ISCSI Glusterfs PersistentVolumeClaim*ClaimVolume RBD Quobyte FlexVolume Cinder CephFS Flocker DownwardAPI*DownwardAPI FC AzureFile ConfigMap*MapVolume VsphereVolume AzureDisk PhotonPersistentDisk Projected*Projected PortworxVolume ScaleIO StorageOS CSI*CSIVolume Ephemeral Image*ImageVolume",
  HostPath: "Path' Type",
  EmptyDir: "Medium' SizeLimit",
  NFS: "Server' Path' ReadOnly!",
  SecretVolume: "SecretName' Items*KeyToPath DefaultMode Optional",
  MapVolume: "Name' Items*KeyToPath DefaultMode Optional",
  KeyToPath: "Key' Path' Mode",
  ClaimVolume: "ClaimName' ReadOnly!",
  DownwardAPI: 'Items*DownwardAPIFile DefaultMode',
  DownwardAPIFile: "Path' FieldRef*FieldRef ResourceFieldRef*ResourceFieldRef Mode",
  Projected: 'Sources*Projection DefaultMode',
  Projection:
    'Secret*Projected1 DownwardAPI*DownwardAPIProjection ConfigMap*Projected1 ServiceAccountToken*TokenProjection ClusterTrustBundle PodCertificate',
  Projected1: "Name' Items*KeyToPath Optional",
  DownwardAPIProjection: 'Items*DownwardAPIFile',
  TokenProjection: "Audience' ExpirationSeconds# Path'",
  CSIVolume: "Driver' ReadOnly FSType VolumeAttributes NodePublishSecretRef*Named",
  ImageVolume: "Reference' PullPolicy'",
  PersistentVolumeClaimSpec:
    "AccessModes Selector Resources=VolumeResources VolumeName' StorageClassName VolumeMode DataSource*TypedReference DataSourceRef*TypedObjectReference VolumeAttributesClassName",
  VolumeResources: 'Limits% Requests%',
  TypedReference: "APIGroup Kind' Name'",
  TypedObjectReference: "APIGroup Kind' Name' Namespace",
  PersistentVolumeSource:
    'GCEPersistentDisk AWSElasticBlockStore HostPath*HostPath Glusterfs NFS*NFS RBD Quobyte ISCSI FlexVolume Cinder CephFS FC Flocker AzureFile VsphereVolume AzureDisk PhotonPersistentDisk PortworxVolume ScaleIO Local*LocalVolume StorageOS CSI*CSIPersistentVolume',
  LocalVolume: "Path' FSType",
  CSIPersistentVolume:
    "Driver' VolumeHandle' ReadOnly! FSType' VolumeAttributes ControllerPublishSecretRef*SecretReference NodeStageSecretRef*SecretReference NodePublishSecretRef*SecretReference ControllerExpandSecretRef*SecretReference NodeExpandSecretRef*SecretReference",
  SecretReference: "Name' Namespace'",
} as const;

type GoType = keyof typeof TYPES | 'EphemeralContainer';
type Values = Readonly<Record<string, unknown>>;

interface Field {
  readonly name: string;
  /** In the API. */
  readonly field: string;
  readonly holds: string;
  readonly type: string;
}

const FIELD = /^([A-Za-z]+)(.?)(.*)$/;
const LOWER: Readonly<Record<string, string>> = { CephFS: 'cephfs', StorageOS: 'storageos' };

const apiName = (name: string): string =>
  LOWER[name] ??
  (name === name.toUpperCase()
    ? name.toLowerCase()
    : name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (letters) => letters.toLowerCase()));

const known = new Map<string, readonly Field[]>();

function fieldsOf(type: GoType): readonly Field[] {
  let fields = known.get(type);
  if (fields === undefined) {
    const text = type === 'EphemeralContainer' ? `${TYPES.Container} TargetContainerName'` : TYPES[type];
    fields = text.split(' ').map((word) => {
      const [, name = '', holds = '', inner = ''] = FIELD.exec(word) ?? [];
      return { name, field: apiName(name), holds, type: inner };
    });
    known.set(type, fields);
  }
  return fields;
}

const quantities = (list: Values | undefined): Values | null =>
  list === undefined
    ? null
    : Object.fromEntries(sortedKeys(list).map((name) => [name, canonicalQuantity(list[name] as string)]));

/** A struct as Go's encoder would print it. */
export function goValue(type: GoType, value: Values): Values {
  const result: Record<string, unknown> = {};
  for (const { name, field, holds, type: inner } of fieldsOf(type)) {
    const given = value[field];
    if (holds === '%') result[name] = quantities(given as Values | undefined);
    else if (holds === '$') result[name] = given === undefined ? '0' : canonicalQuantity(given as string);
    else if (holds === '=') result[name] = goValue(inner as GoType, (given ?? {}) as Values);
    else if (given === undefined || given === null) result[name] = ZERO[holds] ?? null;
    else if (holds !== '*') result[name] = given;
    else if (Array.isArray(given)) result[name] = given.map((item: Values) => goValue(inner as GoType, item));
    else result[name] = goValue(inner as GoType, given as Values);
  }
  return result;
}

const ZERO: Readonly<Record<string, string | number | boolean>> = { "'": '', '#': 0, '!': false };

/** What belongs to the security context in the internal version, and stands beside it in the API. */
const OF_SECURITY = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

/** The spec of a pod, as its internal version prints. */
export function goPodSpec(spec: object): Values {
  const given = spec as Values;
  const moved = Object.fromEntries(OF_SECURITY.map((name) => [name, given[name]]));
  const securityContext = { ...(given['securityContext'] as Values | undefined), ...moved };
  return goValue('PodSpec', { ...given, securityContext });
}

const printed = (value: Values): string => escapedJson(JSON.stringify(value, null, 1));

/** What differs between two structs. @source apimachinery/pkg/util/diff/diff.go (Diff) */
export const goDiff = (before: Values, after: Values): string => unifiedDiff(printed(before), printed(after));
