/**
 * Which programs the containers of a control plane run, and what their flags make of them.
 *
 * @source kubernetes cmd/kubeadm/app/phases/controlplane/manifests.go, phases/etcd/local.go (the flags that kubeadm writes)
 * @simplified of the flags, those are read that the simulation knows; certificates and keys are named and not looked at
 */
import type { AutoscalerArgs } from '#engine/addons/cluster-autoscaler/cluster-autoscaler';
import type { AuditPolicy } from '#engine/api/audit-policy';
import type { ApiServerArgs } from '#engine/apiserver/state';
import type { ApiRequest, Credentials } from '#engine/apiserver/wire';
import type { HealthzRequest } from '#engine/client/healthz';
import type { MetricsServerArgs, MetricsServerProbe } from '#engine/addons/metrics-server/metrics-server';
import type { PrometheusAdapterArgs } from '#engine/addons/prometheus-adapter/prometheus-adapter';
import type { ControllerManagerArgs } from '#engine/controllers/controller-manager';
import type { EtcdArgs, InitialMember } from '#engine/etcd/state';
import type { ProgressRequest, StatusRequest } from '#engine/etcd/wire';
import type { ProcessId } from '#engine/kernel/process';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { type Component, type Flags, type Host, provideComponents } from '#engine/node/programs/components';
import type { SchedulerConfiguration } from '#engine/scheduler/configuration';
import { lateScheduler } from '#engine/scheduler/late';
import type { SchedulerArgs } from '#engine/scheduler/state';
import { klogLine, zapLine } from './component-logs';
import { API_SERVERS, CLOUD } from './topology';

const MIB = 1_048_576;

/** @source kubernetes kube-apiserver's /livez and /readyz may be read by everybody (system:public-info-viewer) */
const ANONYMOUS: Credentials = Object.freeze({});
const healthz = (id: number): HealthzRequest => ({ type: 'healthz/request', id });

/** What a kubeconfig file of this machine says: which API servers. */
interface Kubeconfig {
  readonly servers: readonly ProcessId[];
}

/** Which process listens on a well-known port. */
const LISTENERS: ReadonlyMap<string, string> = new Map([
  ['2379', 'etcd'],
  ['2380', 'etcd'],
  ['6443', 'kube-apiserver'],
]);

/** The process behind `https://control-plane-1:2379`; this machine's for `127.0.0.1`. */
function processAt(url: string, machine: string): ProcessId {
  const [host = '', port = ''] = url.replace(/^https?:\/\//, '').split(':');
  return `${host === '127.0.0.1' ? machine : host}/${LISTENERS.get(port) ?? port}`;
}

/** The file that a flag names, as the disk knows it: without the first slash. */
const pathOf = (flags: Flags, name: string): string => (flags.get(name) ?? '').slice(1);

const textOf = (content: unknown): string => (typeof content === 'string' ? content : '');

/** Only standard output is written to. */
const auditOf = (flags: Flags, host: Host): Pick<ApiServerArgs, 'auditPolicy'> => {
  if (flags.get('audit-log-path') !== '-' || !flags.has('audit-policy-file')) return {};
  return { auditPolicy: host.file(pathOf(flags, 'audit-policy-file')) as AuditPolicy };
};

const configured = (flags: Flags, host: Host): Omit<SchedulerArgs, 'server'> =>
  flags.has('config') ? lateScheduler.code.argsOf(host.file(pathOf(flags, 'config')) as SchedulerConfiguration) : {};

/** `--backup-full-every=3600s --backup-incremental-every=300s` */
function backupOf(flags: Flags): Pick<EtcdArgs, 'backup'> {
  const span = (name: string): number => Number.parseFloat(flags.get(`backup-${name}-every`) ?? '') * SECOND;
  const backup = { fullEvery: span('full'), incrementalEvery: span('incremental') };
  return backup.fullEvery >= SECOND && backup.incrementalEvery >= SECOND ? { backup } : {};
}

const serversOf = (flags: Flags, host: Host): readonly ProcessId[] =>
  (host.file(pathOf(flags, 'kubeconfig')) as Kubeconfig | undefined)?.servers ?? [];

/** Members are numbered as their machines are. */
const numberOf = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? 1);

/** `control-plane-1=https://control-plane-1:2380,…` */
const membersOf = (text: string, machine: string): readonly InitialMember[] =>
  text.split(',').map((member) => {
    const [name = '', url = ''] = member.split('=');
    return { member: numberOf(name), process: processAt(url, machine) };
  });

/** A flag such as `10m` or `90s`. */
function durationOf(flags: Flags, name: string, otherwise: string): Micros {
  const text = flags.get(name) ?? otherwise;
  const units: Readonly<Record<string, Micros>> = { s: SECOND, m: MINUTE, h: 60 * MINUTE };
  return Number.parseFloat(text) * (units[text.slice(-1)] ?? SECOND);
}

const COMPONENTS: readonly Component[] = [
  {
    name: 'etcd',
    atRest: { milliCpu: 20, memory: 45 * MIB },
    logLine: zapLine,
    ports: [2381, 2379, 2380],
    args: (flags, { machine }): EtcdArgs => ({
      member: numberOf(flags.get('name') ?? ''),
      initialCluster: membersOf(flags.get('initial-cluster') ?? '', machine),
      initialClusterState: flags.get('initial-cluster-state') === 'existing' ? 'existing' : 'new',
      storage: flags.get('storage') === 'memory' ? 'memory' : 'disk',
      ...backupOf(flags),
    }),
    // /readyz is a linearizable read; /livez needs no leader.
    probe: (id, path): ProgressRequest | StatusRequest =>
      path === '/readyz' ? { type: 'etcd/progress', id, linearizable: true } : { type: 'etcd/status', id },
  },
  {
    name: 'kube-apiserver',
    atRest: { milliCpu: 45, memory: 260 * MIB },
    logLine: klogLine,
    ports: [6443],
    args: (flags, host): ApiServerArgs => ({
      etcd: processAt(flags.get('etcd-servers') ?? '', host.machine),
      serviceCidr: flags.get('service-cluster-ip-range') ?? '10.0.0.0/24',
      advertiseAddress: flags.get('advertise-address') ?? '',
      serviceAccountKey: textOf(host.file(pathOf(flags, 'service-account-signing-key-file'))),
      ...auditOf(flags, host),
    }),
    stop: { type: 'apiserver/stop' },
    probe: (id, path): ApiRequest => ({
      type: 'api/request',
      id,
      method: 'GET',
      path,
      userAgent: 'kube-probe/1.35',
      credentials: ANONYMOUS,
    }),
  },
  {
    name: 'kube-controller-manager',
    atRest: { milliCpu: 15, memory: 55 * MIB },
    logLine: klogLine,
    ports: [10257],
    args: (flags, host): ControllerManagerArgs => ({
      server: serversOf(flags, host),
      settings: {
        clusterCidr: flags.get('cluster-cidr') ?? '',
        serviceAccountKey: textOf(host.file(pathOf(flags, 'service-account-private-key-file'))),
      },
    }),
    probe: healthz,
  },
  {
    name: 'kube-scheduler',
    atRest: { milliCpu: 4, memory: 25 * MIB },
    logLine: klogLine,
    ports: [10259],
    inPods: true,
    args(flags, host): SchedulerArgs | string {
      if (flags.has('kubeconfig')) return { server: serversOf(flags, host), ...configured(flags, host) };
      const told = lateScheduler.code.startedBy({ flags, files: host.files });
      if (typeof told === 'string') return `E run.go:72] "command failed" err=${JSON.stringify(told)}`;
      return { server: host.lookUp(API_SERVERS), endpoint: API_SERVERS, ...told };
    },
    probe: healthz,
  },
  {
    name: 'metrics-server',
    logLine: klogLine,
    repository: 'registry.k8s.io/metrics-server/metrics-server',
    atRest: { milliCpu: 3, memory: 20 * MIB },
    ports: [10250],
    args: (flags, { lookUp }): MetricsServerArgs => ({
      server: lookUp(API_SERVERS),
      endpoint: API_SERVERS,
      resolution: Number.parseInt(flags.get('metric-resolution') ?? '60', 10) * SECOND,
    }),
    probe: (id, path): MetricsServerProbe => ({ type: 'metrics-server/probe', id, path }),
  },
  {
    name: 'prometheus-adapter',
    logLine: klogLine,
    repository: 'registry.k8s.io/prometheus-adapter/prometheus-adapter',
    atRest: { milliCpu: 3, memory: 30 * MIB },
    ports: [6443],
    args: (_flags, { lookUp }): PrometheusAdapterArgs => ({ server: lookUp(API_SERVERS), endpoint: API_SERVERS }),
    probe: healthz,
  },
  {
    name: 'cluster-autoscaler',
    logLine: klogLine,
    repository: 'registry.k8s.io/autoscaling/cluster-autoscaler',
    atRest: { milliCpu: 5, memory: 60 * MIB },
    ports: [8085],
    args: (flags): AutoscalerArgs => ({
      endpoint: API_SERVERS,
      cloud: CLOUD,
      expander: flags.get('expander') ?? 'least-waste',
      scanInterval: durationOf(flags, 'scan-interval', '10s'),
      scaleDownUnneededTime: durationOf(flags, 'scale-down-unneeded-time', '10m'),
      scaleDownUnreadyTime: durationOf(flags, 'scale-down-unready-time', '20m'),
      scaleDownDelayAfterAdd: durationOf(flags, 'scale-down-delay-after-add', '10m'),
      scaleDownUtilizationThreshold: Number.parseFloat(flags.get('scale-down-utilization-threshold') ?? '0.5'),
    }),
    probe: healthz,
  },
];

provideComponents(COMPONENTS);
