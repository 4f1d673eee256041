/** Laws of what machines really run. Some machines are looked at each time, all of them in turn. */
import type { Pod } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import type { MachineState } from '#engine/kernel/machine';
import { type Micros, MINUTE, SECOND } from '#engine/kernel/time';
import { containerd, runningSandboxes } from '#engine/node/runtime/containerd';
import { kubelet } from '#engine/node/kubelet/kubelet';
import { stateOf } from '../observe/truth';
import type { Warden } from './law';
import { isOverOrGoing } from './pod-wardens';

/** Machines that are looked at each time. */
const AT_ONCE = 64;
/** Of a node, unless it is asked otherwise. */
const MOST_PODS = 110;
/** The mirrors of static pods have another uid than what runs. */
const STATIC = 'kube-system';
/** How long API and machine may differ while nothing is broken. */
const LAG: Micros = 90 * SECOND;
/** Faults have their consequences for so long: a pod that was lost is mourned for five minutes. */
const AFTERMATH: Micros = 10 * MINUTE;

interface Running {
  readonly namespace: string;
  readonly name: string;
  readonly podUid: string;
  readonly running: number;
}

/** The sandboxes on a machine that has power; of the cluster's own pods none. */
function sandboxesOn(machine: MachineState): readonly Running[] {
  if (machine.power !== 'on') return [];
  for (const process of machine.processes) {
    const runtime = stateOf(process, containerd);
    if (runtime !== null) return runningSandboxes(runtime).filter(({ namespace }) => namespace !== STATIC);
  }
  return [];
}

/** Goes round all machines, some at a time. */
function inTurn(): (kernel: Kernel) => readonly MachineState[] {
  let next = 0;
  return (kernel) => {
    const machines = [...kernel.machines.values()];
    if (machines.length <= AT_ONCE) return machines;
    const turn = Array.from({ length: AT_ONCE }, (_, i) => machines[(next + i) % machines.length]!);
    next = (next + AT_ONCE) % machines.length;
    return turn;
  };
}

/** No two pods of one name run at once, which is what a StatefulSet promises. */
export function oneOfAName(): Warden {
  const turn = inTurn();
  const runs = new Map<string, { readonly machine: string; readonly uid: string }>();
  const stillRuns = (kernel: Kernel, machine: string, uid: string): boolean => {
    const state = kernel.machines.get(machine);
    return state !== undefined && sandboxesOn(state).some(({ podUid, running }) => podUid === uid && running > 0);
  };
  return {
    law: 'one-of-a-name',
    look({ kernel }, accuse) {
      for (const machine of turn(kernel)) {
        for (const { namespace, name, podUid: uid, running } of sandboxesOn(machine)) {
          if (running === 0) continue;
          const key = `${namespace}/${name}`;
          const known = runs.get(key);
          if (known !== undefined && (known.uid !== uid || known.machine !== machine.name)) {
            if (stillRuns(kernel, known.machine, known.uid))
              accuse(`two pods ${key} run, on ${known.machine} and on ${machine.name}`, {
                kind: 'Pod',
                namespace,
                name,
              });
          }
          if (known?.uid !== uid || known.machine !== machine.name) runs.set(key, { machine: machine.name, uid });
        }
      }
      if (runs.size > 2 * kernel.machines.size * MOST_PODS) runs.clear();
    },
  };
}

/** What the API says of a node's pods is what runs there, but for a moment, as long as nothing is broken. */
export function agreement(): Warden {
  const turn = inTurn();
  /** Since when something is otherwise, by machine, then by pod. */
  const since = new Map<string, Map<string, Micros>>();
  return {
    law: 'agreement',
    look({ kernel, sight, quietSince }, accuse) {
      if (quietSince === null || kernel.now - quietSince < AFTERMATH) {
        since.clear();
        return;
      }
      for (const machine of turn(kernel)) {
        const agent = machine.processes.find((process) => process.spec.kind === kubelet.kind);
        if (machine.power !== 'on' || agent?.status !== 'running') continue;
        const before = since.get(machine.name);
        const now = new Map<string, Micros>();
        for (const [pod, otherwise] of differences(sandboxesOn(machine), sight.podsOn(machine.name))) {
          const began = before?.get(`${pod} ${otherwise}`) ?? kernel.now;
          now.set(`${pod} ${otherwise}`, began);
          const [namespace = '', name = ''] = pod.split('/');
          if (kernel.now - began > LAG) accuse(`${pod} ${otherwise} ${machine.name}`, { kind: 'Pod', namespace, name });
        }
        since.set(machine.name, now);
      }
    },
  };
}

function* differences(sandboxes: readonly Running[], pods: readonly Pod[]): Generator<readonly [string, string]> {
  const real = new Set(sandboxes.map(({ podUid }) => podUid));
  const told = new Set(pods.map(({ metadata }) => metadata.uid));
  for (const pod of pods) {
    const { namespace = '', name, uid } = pod.metadata;
    if (namespace !== STATIC && pod.status.phase === 'Running' && !isOverOrGoing(pod) && !real.has(uid))
      yield [`${namespace}/${name}`, 'runs, the API says, but not on'];
  }
  for (const { namespace, name, podUid, running } of sandboxes)
    if (running > 0 && !told.has(podUid)) yield [`${namespace}/${name}`, 'is unknown to the API and runs on'];
}
