/**
 * The composition root: a cluster is a kernel, the machines of a topology with the components on them, and the faults
 * that are in force. Actions come in here; nothing else influences a run. How the run is watched is in `observe/`, how
 * it is explained in `why.ts`; `engine.ts` puts them behind the Engine door.
 */
import { Kernel } from '#engine/kernel/kernel';
import type { KernelOptions } from '#engine/kernel/run';
import type { Message } from '#engine/kernel/process';
import { definitions } from './definitions';
import type { Action, ClusterSpec } from './door';
import { beginFault, type FaultsState, forgetMachine, healFault, noFaults, powerOn } from './faults';
import { ETCDCTL, factsOf, KUBECTL, machinesOf, worker, zoneName } from './topology';

/** What the cluster itself remembers, beside the kernel's state. Plain data. */
export interface ClusterState {
  readonly faults: FaultsState;
  /** Number of the next worker that is added; numbers are never used again. */
  nextWorker: number;
}

export interface Cluster {
  readonly spec: ClusterSpec;
  readonly kernel: Kernel;
  state: ClusterState;
}

/** Sets up all machines and gives them power at virtual time 0. Nothing has run yet. */
export function newCluster(spec: ClusterSpec, options: KernelOptions): Cluster {
  const kernel = new Kernel(options, definitions);
  const cluster: Cluster = { spec, kernel, state: { faults: noFaults(), nextWorker: spec.nodes + 1 } };
  kernel.onInput((action) => carryOut(cluster, action as Action));
  for (const machine of machinesOf(spec)) {
    kernel.addMachine(machine);
    kernel.powerOn(machine.name, 0);
  }
  return cluster;
}

/** Carries out an action at its moment. */
function carryOut(cluster: Cluster, action: Action): void {
  const { kernel, state, spec } = cluster;
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
    case 'etcdctl':
      return kernel.deliver(ETCDCTL, { ...action, type: 'etcdctl/run' });
    case 'fault':
      return beginFault(state.faults, kernel, action.id, action.fault, kernel.now);
    case 'heal':
      return healFault(state.faults, kernel, action.id);
    case 'power-on':
      return powerOn(state.faults, kernel, action.machine);
    case 'add-machine': {
      const number = state.nextWorker++;
      const machine = worker(spec, number, action.zone ?? emptiestZone(cluster));
      kernel.addMachine(machine);
      return kernel.powerOn(machine.name);
    }
    case 'remove-machine': {
      const machine = kernel.machines.get(action.machine);
      if (machine === undefined || factsOf(machine.spec).role !== 'worker') return;
      forgetMachine(state.faults, action.machine);
      return kernel.removeMachine(action.machine);
    }
  }
}

/** The zone with the fewest workers; of equals the first. */
function emptiestZone({ kernel, spec }: Cluster): string {
  const counts = new Map(Array.from({ length: Math.max(1, spec.zones) }, (_, index) => [zoneName(index), 0]));
  for (const { zone, spec: machine } of kernel.machines.values()) {
    if (factsOf(machine).role === 'worker') counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  let emptiest = zoneName(0);
  for (const [zone, count] of counts) if (count < counts.get(emptiest)!) emptiest = zone;
  return emptiest;
}
