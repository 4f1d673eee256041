/** What machines and processes really do, read from the kernel's state. Changes nothing. */
import type { Client } from '#engine/client/client';
import type { Election } from '#engine/client/leader-election';
import { etcd } from '#engine/etcd/etcd';
import type { EtcdState } from '#engine/etcd/state';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import { controllerFacts } from '#engine/controllers/controller-manager';
import type { Kernel } from '#engine/kernel/kernel';
import type { MachineState, ProcessRecordState } from '#engine/kernel/machine';
import type { ProcessDefinition } from '#engine/kernel/process';
import { kubectl } from '#engine/kubectl/kubectl';
import { kubelet } from '#engine/node/kubelet/kubelet';
import { containerd, runningSandboxes } from '#engine/node/runtime/containerd';
import type { ContainerdState } from '#engine/node/runtime/state';
import { kubeScheduler, schedulerQueues } from '#engine/scheduler/scheduler';
import { kubeControllerManager } from '#engine/controllers/controller-manager';
import type { MachineRecord, ProcessRecord, SandboxRecord } from '../records';
import { factsOf } from '../topology';
import { connectionRecord, electionRecord, raftRecord } from './standing';

/** The state of a process, if it is of this kind and alive. */
export function stateOf<State>(process: ProcessRecordState, definition: ProcessDefinition<State, never>): State | null {
  return process.spec.kind === definition.kind && process.state !== undefined ? (process.state as State) : null;
}

const aliveOn = ({ processes }: MachineState, { kind }: { readonly kind: string }): ProcessRecordState | undefined =>
  processes.find(({ spec, state }) => spec.kind === kind && state !== undefined);

/** The state of the process of this kind on a machine; null while none is alive. */
export const stateOn = <State>(machine: MachineState, definition: ProcessDefinition<State, never>): State | null =>
  (aliveOn(machine, definition)?.state ?? null) as State | null;

/** Changes whenever the machine's record might: cheap to compute, for thousands of machines each frame. */
export function versionOf(machine: MachineState): string {
  const { nic, power, boots, clockSkew } = machine;
  // Grows with all that a process does, its starts and its ends, and never falls: a machine keeps the record of each process.
  let doings = boots;
  let paused = 0;
  for (const { handled, incarnation, status } of machine.processes) {
    doings += handled + 2 * incarnation + (status === 'down' ? 1 : 0);
    paused = 2 * paused + (status === 'paused' ? 1 : 0);
  }
  return `${power} ${clockSkew} ${nic.in} ${nic.out} ${doings} ${paused}`;
}

/** What is shown of a machine; null for the internet, which is no machine of the cluster. */
export function machineRecord(machine: MachineState): MachineRecord | null {
  const { role, milliCpu, memory } = factsOf(machine.spec);
  if (role === 'internet') return null;
  return {
    name: machine.name,
    role,
    region: machine.region ?? '',
    zone: machine.zone,
    rack: machine.rack,
    power: machine.power,
    bootedAt: machine.bootedAt,
    cable: { in: machine.nic.in, out: machine.nic.out },
    milliCpu,
    memory,
    clockSkew: machine.clockSkew,
    processes: machine.processes.map(processRecord),
    sandboxes: sandboxesOf(machine),
  };
}

function processRecord(process: ProcessRecordState): ProcessRecord {
  return {
    id: process.id,
    name: process.spec.name,
    state: process.status,
    startedAt: process.startedAt,
    handled: process.handled,
    ...ofComponent(process),
  };
}

type OfComponent = Pick<ProcessRecord, 'facts' | 'raft' | 'connection' | 'election'>;

const NOTHING: OfComponent = { facts: {}, raft: null, connection: null, election: null };

function ofComponent(process: ProcessRecordState): OfComponent {
  const member = stateOf(process, etcd);
  if (member !== null) return { ...NOTHING, facts: etcdFacts(member), raft: raftRecord(process.id, member) };
  const server = stateOf(process, kubeApiserver);
  if (server !== null) return { ...NOTHING, facts: { ...server.counters } };
  const scheduler = stateOf(process, kubeScheduler);
  if (scheduler !== null) return ofClient(scheduler, { ...schedulerQueues(scheduler).counts });
  const manager = stateOf(process, kubeControllerManager);
  if (manager !== null) return ofClient(manager, controllerFacts(manager));
  const agent = stateOf(process, kubelet) ?? stateOf(process, kubectl);
  return agent === null ? NOTHING : ofClient({ client: agent.client, election: null }, {});
}

const ofClient = (
  { client, election }: { readonly client: Client; readonly election: Election | null },
  facts: ProcessRecord['facts'],
): OfComponent => ({
  facts,
  raft: null,
  connection: connectionRecord(client),
  election: election === null ? null : electionRecord(election),
});

const etcdFacts = ({ store, watchers }: EtcdState): ProcessRecord['facts'] => ({
  revision: store.revision,
  keys: store.live.size,
  dbBytes: store.bytes,
  watchers: watchers.byClient.size,
});

/** The container runtime of a machine; null while it is down. */
export const runtimeOf = (machine: MachineState): ContainerdState | null => stateOn(machine, containerd);

/** What ran when a runtime had handled so many messages: all else on its machine handles more of them. */
const lastRunning = new WeakMap<object, { readonly handled: number; readonly sandboxes: readonly SandboxRecord[] }>();

function runningIn({ state, handled }: ProcessRecordState): readonly SandboxRecord[] {
  const runtime = state as ContainerdState;
  let known = lastRunning.get(runtime);
  if (known?.handled !== handled) lastRunning.set(runtime, (known = { handled, sandboxes: runningSandboxes(runtime) }));
  return known.sandboxes;
}

/** Pods by the uid that the API knows them by: of a static pod, its mirror's, while the kubelet has one. */
function sandboxesOf(machine: MachineState): readonly SandboxRecord[] {
  const runtime = aliveOn(machine, containerd);
  const sandboxes = runtime === undefined ? [] : runningIn(runtime);
  const mirrors = new Map<string, string>();
  const { role } = factsOf(machine.spec);
  const agent = role === 'control-plane' ? stateOn(machine, kubelet) : null;
  for (const { uid, mirror } of agent?.workers.values() ?? []) if (typeof mirror === 'string') mirrors.set(uid, mirror);
  if (mirrors.size === 0) return sandboxes;
  return sandboxes.map((sandbox) => ({ ...sandbox, podUid: mirrors.get(sandbox.podUid) ?? sandbox.podUid }));
}

/**
 * The etcd member whose store holds the most: what the cluster has agreed on. Null while none runs. `life` is the same as
 * long as what was seen of one is the past of the other: members of a group have one past.
 */
export function leadingMember(kernel: Kernel): { readonly state: EtcdState; readonly life: number } | null {
  let best: { state: EtcdState; life: number } | null = null;
  let number = 0;
  for (const process of kernel.processes.values()) {
    const state = stateOf(process, etcd);
    if (process.spec.kind === etcd.kind) number++;
    if (state === null || (best !== null && best.state.store.revision >= state.store.revision)) continue;
    const isAlone = state.raft.progress.length <= 1;
    best = { state, life: isAlone ? process.incarnation * 64 + number : -state.cluster };
  }
  return best;
}
