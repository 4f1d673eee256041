/** Which machines a cluster consists of, where they stand, and what runs on them: `ClusterSpec` in, `MachineSpec`s out. */
import { certified } from '#engine/apiserver/wire';
import { etcdctl } from '#engine/etcd/etcdctl/etcdctl';
import type { MachineSpec } from '#engine/kernel/machine';
import type { ProcessDefinition, ProcessId, ProcessSpec } from '#engine/kernel/process';
import { type Micros, SECOND } from '#engine/kernel/time';
import { kubectl } from '#engine/kubectl/kubectl';
import { imageRegistry } from '#engine/node/images/registry-process';
import { kubelet } from '#engine/node/kubelet/kubelet';
import { loadGenerator } from '#engine/node/traffic/load-generator';
import { containerd } from '#engine/node/runtime/containerd';
import { cloud } from './cloud';
import type { ClusterSpec } from './door';
import { kubeadm } from './kubeadm/kubeadm';
import { CONTROL_PLANE_IMAGES, MANIFESTS } from './kubeadm/manifests';
import { BOOTSTRAP_KUBECONFIG, BOOTSTRAP_TOKEN, KUBELET_CONFIG, type KubeadmArgs } from './kubeadm/phases';
import type { MachineRole } from './records';

/** A cluster as nobody asked otherwise: one control plane, four workers of 4 CPU, 8 GiB and 110 pods in two zones. */
export const DEFAULT_CLUSTER: ClusterSpec = {
  nodes: 4,
  zones: 2,
  controlPlanes: 1,
  nodeMilliCpu: 4000,
  nodeMemory: 8 * 1024 ** 3,
  nodePods: 110,
  manifests: [],
};

export const LAPTOP = 'laptop';
/** All the world outside: a machine of the simulation, none of the cluster. Observers are not shown it. */
export const INTERNET = 'internet';
export const CLOUD: ProcessId = 'internet/cloud';
export const KUBECTL: ProcessId = 'laptop/kubectl';
export const ETCDCTL: ProcessId = 'laptop/etcdctl';
export const LOAD_GENERATOR: ProcessId = 'internet/load-generator';

/** @source kubernetes cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go (DefaultServicesSubnet) */
const SERVICE_CIDR = '10.96.0.0/12';
/** Flannel's usual range, enough for 256 nodes; a larger one where there are to be more. */
const clusterCidr = ({ nodes }: ClusterSpec): string => (nodes <= 200 ? '10.244.0.0/16' : '10.128.0.0/9');
const DISK_BYTES = 100 * 1024 ** 3;
/** From power to the first process: firmware, Linux, systemd. Machines of a cluster that starts with the run are up already. */
const BOOT_TIME = 8 * SECOND;
/** containerd and kubelets are restarted by systemd after 10 s (kubeadm's drop-in); what runs on the laptop and in the internet, soon. */
const RESTART_BY_SYSTEMD = 10 * SECOND;
const RESTART_ELSEWHERE = 1 * SECOND;

/** What a machine is for, and how much of it there is: the kernel's `facts`. */
export interface MachineFacts {
  readonly role: MachineRole | 'internet';
  readonly milliCpu: number;
  readonly memory: number;
  readonly ip: string;
}

export const factsOf = (spec: MachineSpec): MachineFacts => spec.facts as unknown as MachineFacts;

/** `zone-a`, `zone-b`, … */
export const zoneName = (index: number): string => `zone-${String.fromCharCode(97 + index)}`;

/** The rack in which the machine with this number stands: one after the other in its zone. */
const rackName = ({ zones, racks = 1 }: ClusterSpec, zone: string, number: number): string =>
  `${zone}-rack-${1 + (Math.floor((number - 1) / Math.max(1, zones)) % racks)}`;

/** Zones that follow each other share a region; those that are added later are of the last one. */
function regionName({ zones, regions = 1 }: ClusterSpec, zone: string): string {
  const index = Math.max(0, zone.charCodeAt('zone-'.length) - 97);
  return `region-${1 + Math.min(regions - 1, Math.floor((index * regions) / Math.max(1, zones)))}`;
}

/** The names by which clients find API servers, and etcdctl its members, wherever they run now. */
export const API_SERVERS = 'kubernetes.kubarium.internal';
export const ETCD_MEMBERS = 'etcd.kubarium.internal';

/** All machines that the cluster starts with: control planes, workers spread over the zones, the laptop; and the internet. */
export function machinesOf(cluster: ClusterSpec): MachineSpec[] {
  const controlPlanes = countTo(cluster.controlPlanes).map((number) => controlPlane(cluster, number));
  const workers = countTo(cluster.nodes).map((number) =>
    worker(cluster, number, zoneName((number - 1) % Math.max(1, cluster.zones))),
  );
  return [...controlPlanes, ...workers, laptop(cluster), internet(cluster)];
}

const FIRST = 'control-plane-1';
/** The addresses of all API servers of a cluster. */
export const apiServersOf = (cluster: ClusterSpec): ProcessId[] =>
  countTo(cluster.controlPlanes).map((number) => `control-plane-${number}/kube-apiserver`);

/** All etcd members of a cluster. */
export const etcdMembersOf = (cluster: ClusterSpec): ProcessId[] =>
  countTo(cluster.controlPlanes).map((number) => `control-plane-${number}/etcd`);

/** The worker with this number. `servers`: the API servers that there are, for one that joins a cluster that runs. */
export function worker(
  cluster: ClusterSpec,
  number: number,
  zone: string,
  servers: readonly ProcessId[] | null = null,
  labels: Readonly<Record<string, string>> = {},
): MachineSpec {
  const name = `node-${number}`;
  const ip = `10.0.${1 + Math.floor(number / 250)}.${number % 250}`;
  const rack = rackName(cluster, zone, number);
  const outline: MachineOutline = { name, zone, rack, ip, role: 'worker', command: 'join', labels };
  return machine(cluster, outline, rotated(servers ?? apiServersOf(cluster), number - 1), servers !== null);
}

/** A control plane that the cluster begins with. */
function controlPlane(cluster: ClusterSpec, number: number): MachineSpec {
  const zone = zoneName((number - 1) % Math.max(1, cluster.zones));
  const name = `control-plane-${number}`;
  const others = apiServersOf(cluster).filter((other) => other !== `${name}/kube-apiserver`);
  return controlPlaneMachine(cluster, number, zone, name === FIRST ? 'init' : 'join-control-plane', others);
}

/** The control plane with this number, to join a cluster that runs. `servers`: the API servers that there are. */
export const joiningControlPlane = (
  cluster: ClusterSpec,
  number: number,
  zone: string,
  servers: readonly ProcessId[],
): MachineSpec => controlPlaneMachine(cluster, number, zone, 'join-control-plane', servers);

function controlPlaneMachine(
  cluster: ClusterSpec,
  number: number,
  zone: string,
  command: KubeadmArgs['command'],
  others: readonly ProcessId[],
): MachineSpec {
  const name = `control-plane-${number}`;
  const rack = rackName(cluster, zone, number);
  const outline: MachineOutline = { name, zone, rack, ip: `10.0.0.${number}`, role: 'control-plane', command };
  return machine(cluster, outline, [`${name}/kube-apiserver`, ...others], command !== 'init');
}

interface MachineOutline {
  readonly name: string;
  readonly zone: string;
  readonly rack: string;
  readonly ip: string;
  readonly role: MachineRole;
  /** What kubeadm does at the first boot. */
  readonly command: KubeadmArgs['command'];
  /** More labels of its node. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Workers hold different API servers, as behind an address that balances connections. */
/** Flags that upstream's etcd does not have. */
const etcdArgsOf = ({ etcdStorage, etcdBackup }: ClusterSpec): readonly string[] => [
  ...(etcdStorage === 'memory' ? ['--storage=memory'] : []),
  ...(etcdBackup === undefined
    ? []
    : [
        `--backup-full-every=${etcdBackup.fullEvery / SECOND}s`,
        `--backup-incremental-every=${etcdBackup.incrementalEvery / SECOND}s`,
      ]),
];

const rotated = <T>(list: readonly T[], by: number): T[] => list.map((_, index) => list[(index + by) % list.length]!);

function machine(
  cluster: ClusterSpec,
  outline: MachineOutline,
  server: readonly ProcessId[],
  joinsLater: boolean,
): MachineSpec {
  const { name, zone, rack, ip, role, command } = outline;
  const region = regionName(cluster, zone);
  const isControlPlane = role === 'control-plane';
  const node = {
    name,
    labels: { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone, ...outline.labels },
    internalIP: ip,
    capacity: { milliCpu: cluster.nodeMilliCpu, memory: cluster.nodeMemory, pods: cluster.nodePods },
  };
  const facts: MachineFacts = { role, milliCpu: cluster.nodeMilliCpu, memory: cluster.nodeMemory, ip };
  return {
    name,
    zone,
    rack,
    ...(cluster.regions === undefined ? null : { region }),
    diskBytes: DISK_BYTES,
    memoryBytes: cluster.nodeMemory,
    bootTime: BOOT_TIME,
    facts: { ...facts },
    units: [
      unit(containerd, { preloaded: isControlPlane ? CONTROL_PLANE_IMAGES : [], milliCpu: cluster.nodeMilliCpu }),
      unit(kubelet, {
        // The kubelet of a control plane talks to its own API server only (ControlPlaneKubeletLocalMode).
        ...(isControlPlane ? { server: server.slice(0, 1) } : { server, endpoint: API_SERVERS }),
        runtime: `${name}/containerd`,
        node,
        staticPodPath: MANIFESTS,
        bootstrapFile: BOOTSTRAP_KUBECONFIG,
        configFile: KUBELET_CONFIG,
      }),
      unit(
        kubeadm,
        {
          command,
          node: name,
          address: ip,
          cluster: {
            serviceSubnet: SERVICE_CIDR,
            ...(cluster.auditPolicy === undefined ? null : { auditPolicy: cluster.auditPolicy }),
            ...(cluster.schedulerConfiguration === undefined
              ? null
              : { schedulerConfiguration: cluster.schedulerConfiguration }),
            podSubnet: clusterCidr(cluster),
            controlPlaneEndpoint: `${API_SERVERS}:6443`,
            etcdExtraArgs: etcdArgsOf(cluster),
          },
          // Until it is a control plane, a machine that joins asks the others.
          server: command === 'join-control-plane' ? server.slice(1) : server,
          endpoint: API_SERVERS,
          tlsBootstrap: joinsLater,
          credentials:
            command === 'init' ? certified('kubernetes-super-admin', 'system:masters') : { token: BOOTSTRAP_TOKEN },
        },
        null,
      ),
    ],
  };
}

/** The machine that the person at the screen types on. */
function laptop(cluster: ClusterSpec): MachineSpec {
  const { manifests, nodes, controlPlanes } = cluster;
  const autostart = { manifests, nodes: nodes + controlPlanes, controlPlanes };
  return {
    name: LAPTOP,
    zone: 'office',
    rack: 'desk',
    diskBytes: DISK_BYTES,
    bootTime: BOOT_TIME,
    facts: { role: 'laptop', milliCpu: 8000, memory: 16 * 1024 ** 3, ip: '192.168.1.10' },
    units: [
      unit(kubectl, { server: apiServersOf(cluster), endpoint: API_SERVERS, autostart }, RESTART_ELSEWHERE),
      unit(etcdctl, { endpoints: etcdMembersOf(cluster), endpoint: ETCD_MEMBERS }, RESTART_ELSEWHERE),
    ],
  };
}

/** Where images and visitors come from. It is always there, unless a fault takes its power. */
function internet(cluster: ClusterSpec): MachineSpec {
  return {
    name: INTERNET,
    zone: 'internet',
    rack: 'internet',
    diskBytes: DISK_BYTES,
    bootTime: 0,
    facts: { role: 'internet', milliCpu: 8000, memory: 16 * 1024 ** 3, ip: '198.51.100.10' },
    units: [
      unit(imageRegistry, null, RESTART_ELSEWHERE),
      ...(cluster.nodeGroups === undefined ? [] : [unit(cloud, { groups: cluster.nodeGroups }, RESTART_ELSEWHERE)]),
      unit(loadGenerator, { server: apiServersOf(cluster), endpoint: API_SERVERS }, RESTART_ELSEWHERE),
    ],
  };
}

/** A process under its usual name: its kind's. */
const unit = <Args>(
  { kind }: ProcessDefinition<unknown, Args>,
  args: Args,
  restartAfter: Micros | null = RESTART_BY_SYSTEMD,
): ProcessSpec => ({ name: kind, kind, args, restartAfter });

const countTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
