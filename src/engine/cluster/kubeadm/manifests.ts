/**
 * The manifests that kubeadm writes for the control plane's static pods.
 *
 * @source kubernetes cmd/kubeadm/app/phases/controlplane/manifests.go, phases/etcd/local.go, util/staticpod/utils.go
 * @simplified hosts are named where kubeadm writes their addresses; flags for certificates and their mounts are left out
 */
import type { AuditPolicy } from '#engine/api/audit-policy';
import type { Container, Pod } from '#engine/api/types';
import type { SchedulerConfiguration } from '#engine/scheduler/configuration';

export const MANIFESTS = 'etc/kubernetes/manifests/';
export const SERVICE_ACCOUNT_KEY_FILE = 'etc/kubernetes/pki/sa.key';
export const KUBERNETES_VERSION = 'v1.35.5';
/** @source kubernetes cmd/kubeadm/app/constants/constants.go (DefaultEtcdVersion) */
const ETCD_VERSION = '3.6.6-0';

/** What all control planes of a cluster have in common. */
export const SCHEDULER_CONFIGURATION_FILE = 'etc/kubernetes/scheduler-config.yaml';
export const AUDIT_POLICY_FILE = 'etc/kubernetes/audit-policy.yaml';

export interface ClusterConfiguration {
  /** Addresses of Services, e.g. `10.96.0.0/12`. */
  readonly serviceSubnet: string;
  /** Addresses of pods, e.g. `10.244.0.0/16`. */
  readonly podSubnet: string;
  /** Where the API servers are reached, e.g. `kubernetes.kubarium.internal:6443`. */
  readonly controlPlaneEndpoint: string;
  /** The audit policy of the API servers, if there is one. */
  readonly auditPolicy?: AuditPolicy;
  /** What the schedulers are told, if there is anything. */
  readonly schedulerConfiguration?: SchedulerConfiguration;
  /** Further flags of etcd (`etcd.local.extraArgs`). */
  readonly etcdExtraArgs: readonly string[];
}

/** One control-plane machine. */
export interface LocalEndpoint {
  readonly node: string;
  readonly address: string;
}

/** A manifest: no server has seen it, so that it has neither uid nor status. */
export interface Manifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Pod['spec'];
}

type Probe = NonNullable<Container['livenessProbe']>;
type Scheme = 'HTTP' | 'HTTPS';

/** The images that the machines of a control plane are installed with. */
export const CONTROL_PLANE_IMAGES: readonly string[] = [
  `registry.k8s.io/etcd:${ETCD_VERSION}`,
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
    (name) => `registry.k8s.io/${name}:${KUBERNETES_VERSION}`,
  ),
];

const probe = (path: string, host: string, port: number, scheme: Scheme, rest: Partial<Probe>): Probe => ({
  httpGet: { path, host, port, scheme },
  timeoutSeconds: 15,
  ...rest,
});

/** Liveness, readiness where there is one, and start-up, as kubeadm sets them. */
function probes(
  host: string,
  port: number,
  scheme: Scheme,
  live: string,
  ready: string | null,
  start = live,
): Partial<Container> {
  return {
    livenessProbe: probe(live, host, port, scheme, { initialDelaySeconds: 10, failureThreshold: 8, periodSeconds: 10 }),
    ...(ready === null
      ? {}
      : { readinessProbe: probe(ready, host, port, scheme, { failureThreshold: 3, periodSeconds: 1 }) }),
    startupProbe: probe(start, host, port, scheme, {
      initialDelaySeconds: 10,
      failureThreshold: 24,
      periodSeconds: 10,
    }),
  };
}

function componentPod(
  name: string,
  version: string,
  command: readonly string[],
  requests: Readonly<Record<string, string>>,
  checks: Partial<Container>,
  annotations?: Readonly<Record<string, string>>,
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'kube-system',
      labels: { component: name, tier: 'control-plane' },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      containers: [
        {
          name,
          image: `registry.k8s.io/${name}:${version}`,
          imagePullPolicy: 'IfNotPresent',
          command: [name, ...command],
          resources: { requests: { ...requests } },
          ...checks,
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    },
  };
}

/** `members`: all of the group, this one included, by name of their machines. */
export function etcdManifest(
  { node, cluster }: LocalEndpoint & { readonly cluster: ClusterConfiguration },
  members: readonly string[],
  existing: boolean,
): Manifest {
  const client = `https://${node}:2379`;
  const peer = `https://${node}:2380`;
  const command = [
    `--advertise-client-urls=${client}`,
    '--client-cert-auth=true',
    '--data-dir=/var/lib/etcd',
    '--feature-gates=InitialCorruptCheck=true',
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=${members.map((member) => `${member}=https://${member}:2380`).join(',')}`,
    ...(existing ? ['--initial-cluster-state=existing'] : []),
    `--listen-client-urls=https://127.0.0.1:2379,${client}`,
    '--listen-metrics-urls=http://127.0.0.1:2381',
    `--listen-peer-urls=${peer}`,
    `--name=${node}`,
    '--peer-client-cert-auth=true',
    '--snapshot-count=10000',
    ...cluster.etcdExtraArgs,
    '--watch-progress-notify-interval=5s',
  ];
  return componentPod(
    'etcd',
    ETCD_VERSION,
    command,
    { cpu: '100m', memory: '100Mi' },
    probes('127.0.0.1', 2381, 'HTTP', '/livez', '/readyz', '/readyz'),
    { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': client },
  );
}

/** The three that speak Kubernetes, on one machine. */
export function controlPlaneManifests(
  { serviceSubnet, podSubnet, auditPolicy, schedulerConfiguration }: ClusterConfiguration,
  { address }: LocalEndpoint,
): readonly Manifest[] {
  const elected = (name: string): string[] => ['--leader-elect=true', `--kubeconfig=/etc/kubernetes/${name}.conf`];
  return [
    componentPod(
      'kube-apiserver',
      KUBERNETES_VERSION,
      [
        `--advertise-address=${address}`,
        '--allow-privileged=true',
        ...(auditPolicy === undefined ? [] : ['--audit-log-path=-', `--audit-policy-file=/${AUDIT_POLICY_FILE}`]),
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--enable-bootstrap-token-auth=true',
        '--etcd-servers=https://127.0.0.1:2379',
        '--secure-port=6443',
        `--service-account-signing-key-file=/${SERVICE_ACCOUNT_KEY_FILE}`,
        `--service-cluster-ip-range=${serviceSubnet}`,
      ],
      { cpu: '250m' },
      probes(address, 6443, 'HTTPS', '/livez', '/readyz'),
      { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${address}:6443` },
    ),
    componentPod(
      'kube-controller-manager',
      KUBERNETES_VERSION,
      [
        '--allocate-node-cidrs=true',
        '--bind-address=127.0.0.1',
        `--cluster-cidr=${podSubnet}`,
        '--controllers=*,bootstrapsigner,tokencleaner',
        ...elected('controller-manager'),
        `--service-account-private-key-file=/${SERVICE_ACCOUNT_KEY_FILE}`,
        `--service-cluster-ip-range=${serviceSubnet}`,
        '--use-service-account-credentials=true',
      ],
      { cpu: '200m' },
      probes('127.0.0.1', 10257, 'HTTPS', '/healthz', null),
    ),
    componentPod(
      'kube-scheduler',
      KUBERNETES_VERSION,
      [
        '--bind-address=127.0.0.1',
        ...elected('scheduler'),
        ...(schedulerConfiguration === undefined ? [] : [`--config=/${SCHEDULER_CONFIGURATION_FILE}`]),
      ],
      { cpu: '100m' },
      probes('127.0.0.1', 10259, 'HTTPS', '/livez', '/readyz'),
    ),
  ];
}
