/**
 * What a person can do to the cluster: every command becomes an action at the Engine door, and its refusal a notice in
 * the API server's words. Nothing here changes the mirror: what came of a command is seen in the frames.
 */
import { createContext, useContext } from 'react';
import type { Action, Answer } from '#engine/cluster/door';
import type { Fault, Subject } from '#engine/cluster/records';
import type { EngineLink } from '#host/worker/protocol';
import { Refusal } from '#host/worker/refusal';
import type { MachineFault } from './machine-faults';
import type { Catalogue } from '../text/en';
import { faultTarget } from './markers';
import type { UiStore } from './store';

export interface Commands {
  readonly link: EngineLink;
  powerOff(machine: string): void;
  powerOn(machine: string): void;
  reboot(machine: string): void;
  /** Cuts what goes towards the machine, what comes from it, or both. */
  cutCable(machine: string, direction?: 'in' | 'out' | 'both'): void;
  plugCable(machine: string): void;
  /** Begins a fault of a machine's disk, or ends it. */
  setMachineFault(machine: string, type: MachineFault, inForce: boolean): void;
  /** Begins any fault. @returns its id, by which it is healed */
  inject(fault: Fault): string;
  wipeEtcd(machine: string): void;
  killProcess(process: string): void;
  /** Cuts the network between two groups of machines. */
  part(from: readonly string[], to: readonly string[]): void;
  heal(faults: readonly string[]): void;
  addMachine(zone?: string): void;
  addControlPlane(): void;
  removeMachine(machine: string): void;
  cordon(node: string, unschedulable: boolean): void;
  /** @returns whether the API server took it */
  scale(namespace: string, deployment: string, replicas: number): Promise<boolean>;
  /** Deletes an object by the plain request that kubectl would make. */
  remove(subject: Subject): void;
  apply(manifest: string): Promise<Answer | null>;
}

/** How much slower a slow disk is: a sync takes over a second, longer than etcd's followers wait. */
const SLOW_TIMES = 2_000;

const MERGE_PATCH = 'application/merge-patch+json';

/** Where the API server keeps objects of a kind; null for kinds that are not deleted from here. */
export function objectPath({ kind, namespace, name }: Subject): string | null {
  const encoded = encodeURIComponent(name);
  const inNamespace = `namespaces/${encodeURIComponent(namespace)}`;
  switch (kind) {
    case 'Pod':
      return `/api/v1/${inNamespace}/pods/${encoded}`;
    case 'Service':
      return `/api/v1/${inNamespace}/services/${encoded}`;
    case 'Deployment':
      return `/apis/apps/v1/${inNamespace}/deployments/${encoded}`;
    case 'ReplicaSet':
      return `/apis/apps/v1/${inNamespace}/replicasets/${encoded}`;
    default:
      return null;
  }
}

/** The words of a refusal: the Status' message, else what stands on stderr. */
export function refusalText(answer: Answer): string {
  const { body } = answer;
  if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string') {
    return body.message;
  }
  return answer.error || `HTTP ${answer.code}`;
}

/** Binds the commands to a link and a store. */
export function createCommands(link: EngineLink, store: UiStore): Commands {
  const words = (): Catalogue => store.getState().text;
  let count = 0;
  const tab = Math.random().toString(36).slice(2, 5);
  /** Also of several tabs that act at one moment none takes the other's. */
  const fresh = (what: string): string => {
    const { mirror, host } = store.getState();
    return `${what}-${mirror.now}-${++count}${host?.follows === true ? `-${tab}` : ''}`;
  };

  const problem = (message: string): void => store.getState().notify({ tone: 'problem', text: message, action: null });

  const send = async (action: Action): Promise<Answer | null> => {
    try {
      return await link.input(action);
    } catch (error) {
      if (error instanceof Refusal) problem(words().app.refusal[error.code]);
      else problem(error instanceof Error ? error.message : String(error));
      return null;
    }
  };

  const request = async (
    method: 'PATCH' | 'DELETE',
    path: string,
    contentType: string,
    body: unknown,
  ): Promise<boolean> => {
    const answer = await send({ type: 'request', ticket: fresh('request'), method, path, contentType, body });
    if (answer && !answer.ok) problem(refusalText(answer));
    return answer?.ok ?? false;
  };

  const fault = (value: Fault, target: string): string => {
    const id = fresh(`${value.type}-${target}`);
    void send({ type: 'fault', id, fault: value });
    return id;
  };

  const faultsOf = (machine: string, type: Fault['type']) =>
    store.getState().mirror.faults.filter((entry) => {
      return entry.fault.type === type && 'machine' in entry.fault && entry.fault.machine === machine;
    });

  const commands: Commands = {
    link,
    powerOff: (machine) => {
      if (store.getState().mirror.machines.get(machine)?.power === 'off') return;
      fault({ type: 'power-off', machine }, machine);
      store.getState().notify({
        tone: 'info',
        text: words().notice.powerOff(machine),
        action: { label: words().machine.powerOn, run: () => commands.powerOn(machine) },
      });
    },
    powerOn: (machine) => {
      const inForce = faultsOf(machine, 'power-off');
      if (inForce.length === 0) void send({ type: 'power-on', machine });
      for (const { id } of inForce) void send({ type: 'heal', id });
    },
    reboot: (machine) => void fault({ type: 'reboot', machine }, machine),
    cutCable: (machine, direction = 'both') => {
      const { notice } = words();
      const told = { both: notice.cableCut, in: notice.cableCutIn, out: notice.cableCutOut }[direction];
      fault({ type: 'cut-cable', machine, direction }, machine);
      store.getState().notify({
        tone: 'info',
        text: told(machine),
        action: { label: words().machine.plugCable, run: () => commands.plugCable(machine) },
      });
    },
    plugCable: (machine) => {
      for (const { id } of faultsOf(machine, 'cut-cable')) void send({ type: 'heal', id });
    },
    setMachineFault: (machine, type, inForce) => {
      if (!inForce) return commands.heal(faultsOf(machine, type).map(({ id }) => id));
      fault(type === 'disk-slow' ? { type, machine, times: SLOW_TIMES } : { type, machine }, machine);
      const action =
        type === 'disk-corrupt'
          ? { label: words().machine.reboot, run: () => commands.reboot(machine) }
          : { label: words().machineFault.undo[type], run: () => commands.setMachineFault(machine, type, false) };
      store.getState().notify({ tone: 'info', text: words().machineFault.notice[type](machine), action });
    },
    inject: (value) => fault(value, faultTarget(value)),
    wipeEtcd: (machine) => {
      fault({ type: 'etcd-wipe', machine }, machine);
      store.getState().notify({ tone: 'info', text: words().machineFault.etcdWiped(machine), action: null });
    },
    part: (from, to) => void fault({ type: 'partition', from, to }, to[0] ?? ''),
    heal: (faults) => {
      for (const id of faults) void send({ type: 'heal', id });
    },
    killProcess: (process) => void fault({ type: 'kill-process', process }, process),
    addMachine: (zone) => void send(zone === undefined ? { type: 'add-machine' } : { type: 'add-machine', zone }),
    addControlPlane: () => void send({ type: 'add-machine', role: 'control-plane' }),
    removeMachine: (machine) => void send({ type: 'remove-machine', machine }),
    cordon: (node, unschedulable) =>
      void request('PATCH', `/api/v1/nodes/${encodeURIComponent(node)}`, MERGE_PATCH, {
        spec: { unschedulable: unschedulable ? true : null },
      }),
    scale: (namespace, deployment, replicas) => {
      const path = objectPath({ kind: 'Deployment', namespace, name: deployment });
      return request('PATCH', `${path}/scale`, MERGE_PATCH, { spec: { replicas } });
    },
    remove: (subject) => {
      const path = objectPath(subject);
      if (path === null) return;
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
      void request('DELETE', path, 'application/json', body);
    },
    apply: (manifest) => send({ type: 'apply', ticket: fresh('apply'), manifest }),
  };
  return commands;
}

export const CommandsContext = createContext<Commands | null>(null);

/** The commands of this page. */
export function useCommands(): Commands {
  const commands = useContext(CommandsContext);
  if (!commands) throw new Error('CommandsContext has no value');
  return commands;
}
