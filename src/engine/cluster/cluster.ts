/**
 * The composition root: a cluster is a kernel, the machines of a topology with the components on them, and the faults
 * that are in force. Actions come in here; nothing else influences a run. How the run is watched is in `observe/`, how
 * it is explained in `why.ts`; `engine.ts` puts them behind the Engine door.
 */
import { Kernel } from '#engine/kernel/kernel';
import type { Definitions, KernelOptions } from '#engine/kernel/run';
import type { EventId, Message } from '#engine/kernel/process';
import { GROUP_LABEL } from '#engine/addons/cluster-autoscaler/cloud';
import type { CloudNews, CloudOrder } from './cloud';
import { definitions } from './definitions';
import type { Action, ClusterSpec } from './door';
import { type FaultOrder, type FaultsState, faultRules, forgetMachine, noFaults } from './faults';
import { kubeadm } from './kubeadm/kubeadm';
import type { KubeadmArgs } from './kubeadm/phases';
import { leadingMember } from './observe/truth';
import type { MachineRole } from './records';
import {
  API_SERVERS,
  apiServersOf,
  CLOUD,
  ETCD_MEMBERS,
  ETCDCTL,
  etcdMembersOf,
  factsOf,
  joiningControlPlane,
  KUBECTL,
  LOAD_GENERATOR,
  machinesOf,
  worker,
  zoneName,
} from './topology';

/** What the cluster itself remembers, beside the kernel's state. Plain data. */
export interface ClusterState {
  readonly faults: FaultsState;
  /** Numbers of the next machines that are added; numbers are never used again. */
  nextWorker: number;
  nextControlPlane: number;
}

export interface Cluster {
  readonly spec: ClusterSpec;
  readonly kernel: Kernel;
  state: ClusterState;
}

/** Sets up all machines and gives them power at virtual time 0. Nothing has run yet. `code`: of every kind of process. */
export function newCluster(spec: ClusterSpec, options: KernelOptions, code: Definitions = definitions): Cluster {
  const kernel = new Kernel(options, code);
  const state: ClusterState = {
    faults: noFaults(),
    nextWorker: spec.nodes + 1,
    nextControlPlane: spec.controlPlanes + 1,
  };
  const cluster: Cluster = { spec, kernel, state };
  kernel.onInput((action) => carryOut(cluster, action as Action));
  kernel.onRetire((machine) => takeAway(cluster, machine));
  kernel.onOrder((order) => carryOutOrder(cluster, order as CloudOrder | FaultOrder));
  kernel.onForgetting(() => writtenIn(kernel));
  kernel.fabric.names = new Map([
    [API_SERVERS, apiServersOf(spec)],
    [ETCD_MEMBERS, etcdMembersOf(spec)],
  ]);
  for (const machine of machinesOf(spec)) {
    kernel.addMachine(machine);
    kernel.powerOn(machine.name, 0);
  }
  return cluster;
}

/** The events in which all that the API holds was written. */
function* writtenIn(kernel: Kernel): Generator<EventId> {
  for (const { cause } of leadingMember(kernel)?.state.store.live.values() ?? []) yield cause;
}

/** Carries out an action at its moment. */
function carryOut(cluster: Cluster, action: Action): void {
  const { kernel, state } = cluster;
  switch (action.type) {
    case 'apply':
    case 'delete': {
      const { ticket, manifest, namespace = 'default' } = action;
      return kernel.deliver(KUBECTL, { type: `kubectl/${action.type}`, ticket, manifest, namespace } as Message);
    }
    case 'request':
    case 'cancel':
    case 'stream-data':
      return kernel.deliver(KUBECTL, { ...action, type: `kubectl/${action.type}` });
    case 'shell':
    case 'shell-input':
    case 'file':
      return kernel.deliver(KUBECTL, { ...action, type: `kubectl/${action.type}` });
    case 'etcdctl':
      return kernel.deliver(ETCDCTL, { ...action, type: 'etcdctl/run' });
    case 'fault':
      return faultRules.code.beginFault(state.faults, kernel, action.id, action.fault, kernel.now);
    case 'heal':
      return faultRules.code.healFault(state.faults, kernel, action.id);
    case 'traffic':
      return kernel.deliver(LOAD_GENERATOR, { ...action, type: 'traffic/set' });
    case 'power-on':
      return faultRules.code.powerOn(state.faults, kernel, action.machine);
    case 'add-machine':
      return addMachine(cluster, action);
    case 'remove-machine':
      return removeMachine(cluster, action.machine);
    case 'configure-scheduler':
      return faultRules.code.configureScheduler(kernel, action.configuration);
  }
}

const tellCloud = (kernel: Kernel, news: CloudNews): void => kernel.deliver(CLOUD, news);

/** The cloud makes a machine, or takes one away. */
function carryOutOrder(cluster: Cluster, order: CloudOrder | FaultOrder): void {
  const { kernel, spec, state } = cluster;
  if (order.type === 'fault/reclaim') {
    const machine = faultRules.code.reclaimed(state.faults, kernel, order.id);
    return machine === null ? undefined : takeAway(cluster, machine);
  }
  if (order.type === 'cloud/remove-machine') return removeMachine(cluster, order.machine);
  const { name: group, zone, milliCpu, memory, pods } = order.group;
  const size = { ...spec, nodeMilliCpu: milliCpu, nodeMemory: memory, nodePods: pods };
  const servers = kernel.fabric.names.get(API_SERVERS) ?? [];
  const machine = worker(size, state.nextWorker++, zone, servers, { [GROUP_LABEL]: group });
  kernel.addMachine(machine);
  kernel.powerOn(machine.name);
  tellCloud(kernel, { type: 'cloud/machine-added', group, machine: machine.name });
}

function addMachine(cluster: Cluster, action: Extract<Action, { type: 'add-machine' }>): void {
  const { kernel, state, spec } = cluster;
  const { role = 'worker' } = action;
  const zone = action.zone ?? emptiestZone(cluster, role);
  const servers = kernel.fabric.names.get(API_SERVERS) ?? [];
  const machine =
    role === 'worker'
      ? worker(spec, state.nextWorker++, zone, servers)
      : joiningControlPlane(spec, state.nextControlPlane++, zone, servers);
  kernel.addMachine(machine);
  if (role === 'control-plane') nameControlPlanes(kernel, [...controlPlanesOf(kernel), machine.name]);
  kernel.powerOn(machine.name);
}

/** A control plane leaves by itself, if it can and is not the last one. */
function removeMachine(cluster: Cluster, name: string): void {
  const { kernel } = cluster;
  const machine = kernel.machines.get(name);
  if (machine === undefined) return;
  const { role } = factsOf(machine.spec);
  if (role === 'worker') return takeAway(cluster, name);
  const others = controlPlanesOf(kernel).filter((other) => other !== name);
  if (role !== 'control-plane' || others.length === 0) return;
  nameControlPlanes(kernel, others);
  if (machine.power !== 'on') return takeAway(cluster, name);
  const unit = machine.spec.units.find(({ kind }) => kind === kubeadm.kind)!;
  const id = `${name}/${unit.name}`;
  kernel.kill(id);
  kernel.start(id, { ...(unit.args as KubeadmArgs), command: 'reset' } satisfies KubeadmArgs);
}

function takeAway({ kernel, state, spec }: Cluster, machine: string): void {
  forgetMachine(state.faults, machine);
  kernel.removeMachine(machine);
  if (spec.nodeGroups !== undefined) tellCloud(kernel, { type: 'cloud/machine-gone', machine });
}

/** The machines behind the names of the control plane: those that are leaving left out. */
const controlPlanesOf = ({ fabric }: Kernel): readonly string[] =>
  (fabric.names.get(API_SERVERS) ?? []).map((server) => server.slice(0, server.indexOf('/')));

function nameControlPlanes(kernel: Kernel, machines: readonly string[]): void {
  kernel.fabric.names = new Map([
    [API_SERVERS, machines.map((machine) => `${machine}/kube-apiserver`)],
    [ETCD_MEMBERS, machines.map((machine) => `${machine}/etcd`)],
  ]);
}

/** The zone with the fewest machines of a role; of equals the first. */
function emptiestZone({ kernel, spec }: Cluster, role: MachineRole): string {
  const counts = new Map(Array.from({ length: Math.max(1, spec.zones) }, (_, index) => [zoneName(index), 0]));
  for (const { zone, spec: machine } of kernel.machines.values()) {
    if (factsOf(machine).role === role) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  let emptiest = zoneName(0);
  for (const [zone, count] of counts) if (count < counts.get(emptiest)!) emptiest = zone;
  return emptiest;
}
