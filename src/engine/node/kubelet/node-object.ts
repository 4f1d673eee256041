/**
 * The Node that a kubelet registers: what the machine is.
 *
 * @source kubernetes pkg/kubelet/kubelet_node_status.go (initialNode), pkg/kubelet/nodestatus/setters.go
 */
import { formatBytes, formatMilliCpu } from '#engine/api/quantity';
import type { Node } from '#engine/api/types';
import { RUNTIME_NAME, RUNTIME_VERSION } from '../runtime/containerd';
import type { Allocatable } from './admission';
import type { NodeConfig } from './state';

export const KUBELET_VERSION = 'v1.35.5';
const MIB = 1_048_576;
/** Hard eviction threshold memory.available. */
export const EVICTION_MEMORY = 100 * MIB;
const EPHEMERAL_STORAGE = 100 * 1_024 * MIB;
const DEFAULT_CAPACITY = { milliCpu: 4_000, memory: 8_192 * MIB, pods: 110 };

const capacityOf = (config: NodeConfig): { milliCpu: number; memory: number; pods: number } =>
  config.capacity ?? DEFAULT_CAPACITY;

/** Bytes. */
export const memoryCapacity = (config: NodeConfig): number => capacityOf(config).memory;

/** Capacity less what hard eviction keeps back. */
export function allocatableOf(config: NodeConfig): Allocatable {
  const { milliCpu, memory, pods } = capacityOf(config);
  return { milliCpu, memory: Math.max(0, memory - EVICTION_MEMORY), pods };
}

type Quantities = Record<string, string>;

export function capacityLists(config: NodeConfig): { readonly capacity: Quantities; readonly allocatable: Quantities } {
  const whole = capacityOf(config);
  const allocatable = allocatableOf(config);
  const list = (cpu: number, storage: string, memory: number, pods: number): Quantities => ({
    cpu: formatMilliCpu(cpu),
    'ephemeral-storage': storage,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${Math.floor(memory / 1_024)}Ki`,
    pods: String(pods),
  });
  return {
    capacity: list(whole.milliCpu, formatBytes(EPHEMERAL_STORAGE), whole.memory, whole.pods),
    // 10 % of the disk is kept back by hard eviction (nodefs.available).
    allocatable: list(
      allocatable.milliCpu,
      String(Math.floor(EPHEMERAL_STORAGE * 0.9)),
      allocatable.memory,
      allocatable.pods,
    ),
  };
}

/** Labels that every node has, under those that it was given. */
export const nodeLabels = (config: NodeConfig): Record<string, string> => ({
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': config.name,
  'kubernetes.io/os': 'linux',
  ...config.labels,
});

export function nodeInfo(bootId: string, machineId: string): NonNullable<Node['status']['nodeInfo']> {
  return {
    architecture: 'amd64',
    bootID: bootId,
    containerRuntimeVersion: `${RUNTIME_NAME}://${RUNTIME_VERSION}`,
    kernelVersion: '6.12.0-amd64',
    kubeProxyVersion: '',
    kubeletVersion: KUBELET_VERSION,
    machineID: machineId.replaceAll('-', ''),
    operatingSystem: 'linux',
    osImage: 'Debian GNU/Linux 13 (trixie)',
    systemUUID: machineId,
  };
}

export const nodeAddresses = (config: NodeConfig): NonNullable<Node['status']['addresses']> => [
  { address: config.internalIP, type: 'InternalIP' },
  { address: config.name, type: 'Hostname' },
];
