/**
 * Frames for observers: what changed since the frame before. Keeps belief and truth ready beside the simulation and a
 * log of what changed when, so that several observers can follow at their own pace. Reading never changes the run.
 */
import { resources } from '#engine/api/registry';
import type { KubeObject } from '#engine/api/types';
import { kubelet, probesSince } from '#engine/node/kubelet/kubelet';
import type { Kernel } from '#engine/kernel/kernel';
import { entriesFrom, nextNumber, type Ring } from '#engine/kernel/ring';
import { etcdctl } from '#engine/etcd/etcdctl/etcdctl';
import { kubectl } from '#engine/kubectl/kubectl';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import type { Micros } from '#engine/kernel/time';
import type { AuditLog } from '#engine/apiserver/audit';
import { keyOf, objectOf, prefixOf } from '#engine/apiserver/storage';
import type { Cursor, Frame } from '../door';
import type {
  CountdownRecord,
  FaultRecord,
  MachineRecord,
  ObjectRecord,
  ProbeRecord,
  Subject,
  WriteRecord,
} from '../records';
import { ETCDCTL, KUBECTL } from '../topology';
import { Belief, type Life } from './belief';
import { clocksOn, lateClocks } from './countdowns';
import { peerMessages } from './peer-messages';
import { leadingMember, machineRecord, stateOf, versionOf } from './truth';

/** Changes that the log keeps at least, or as many as there are objects: whoever is further behind gets a full frame, which is no larger. */
const KEPT_CHANGES = 8_192;

export class Observer {
  readonly #kernel: Kernel;
  readonly belief = new Belief();
  readonly #run: number;
  /** Objects in order of their changes; number of the first. */
  #changes: Life[] = [];
  #firstChange = 0;
  readonly #machines = new Map<
    string,
    {
      readonly version: string;
      readonly record: MachineRecord;
      readonly clocks: readonly CountdownRecord[];
      readonly changed: number;
    }
  >();
  readonly #machinesGone: { readonly name: string; readonly changed: number }[] = [];
  #machineChange = 0;
  /** Whether there is more than one etcd member. */
  #hasGroup = false;

  /** @param run - tells cursors of one life of the engine from those of another */
  constructor(kernel: Kernel, run: number) {
    this.#kernel = kernel;
    this.#run = run;
  }

  /** Brings what the API says up to date with the kernel. */
  catchUp(): void {
    const member = leadingMember(this.#kernel);
    if (member !== null) {
      this.#hasGroup = member.state.membership.byId.size > 1;
      for (const life of this.belief.update(member.state.store, member.life)) this.#changes.push(life);
      const kept = Math.max(KEPT_CHANGES, this.belief.size);
      if (this.#changes.length > 1.25 * kept) {
        this.#firstChange += this.#changes.length - kept;
        this.#changes = this.#changes.slice(-kept);
      }
    }
  }

  /**
   * The whole object as the API server would answer it, or null. Read where it lies, without catching up with all others.
   * What does not lie there may be of a kind that a definition has added; while no member of etcd runs, an object is as it
   * was when last looked at.
   */
  object({ kind, namespace, name }: Subject): KubeObject | null {
    const info = resources.find((row) => row.kind === kind);
    const store = leadingMember(this.#kernel)?.state.store;
    const stored = info && store?.live.get(keyOf(prefixOf(info), namespace, name));
    if (stored !== undefined) return objectOf(stored);
    this.catchUp();
    return this.belief.object(kind, namespace, name);
  }

  #examineMachines(): void {
    for (const machine of this.#kernel.machines.values()) {
      const version = versionOf(machine);
      if (this.#machines.get(machine.name)?.version === version) continue;
      const record = machineRecord(machine);
      if (record === null) continue;
      this.#machines.set(machine.name, { version, record, clocks: clocksOn(machine), changed: ++this.#machineChange });
    }
    for (const name of this.#machines.keys()) {
      if (this.#kernel.machines.has(name)) continue;
      this.#machines.delete(name);
      this.#machinesGone.push({ name, changed: ++this.#machineChange });
    }
  }

  frame(cursor: Cursor | null, faults: readonly FaultRecord[]): Frame {
    this.catchUp();
    this.#examineMachines();
    const since = cursor !== null && cursor.run === this.#run && cursor.revision >= this.#firstChange ? cursor : null;
    const { set, gone } =
      since === null ? { set: [...this.belief.records()], gone: [] } : this.#changedSince(since.revision);
    const audit = this.audit();
    const laptop = stateOf(this.#kernel.processes.get(KUBECTL)!, kubectl);
    const answers = laptop?.answers;
    const printed = laptop?.terminals.printed;
    const etcdctlAnswers = stateOf(this.#kernel.processes.get(ETCDCTL)!, etcdctl)?.answers;
    return {
      cursor: {
        revision: this.#firstChange + this.#changes.length,
        write: endOf(audit?.writes),
        renewal: endOf(audit?.renewals),
        log: endOf(this.#kernel.logs),
        answer: endOf(answers),
        etcdctlAnswer: endOf(etcdctlAnswers),
        printed: endOf(printed),
        machines: this.#machineChange,
        event: this.#kernel.causes.next,
        at: this.#kernel.now,
        run: this.#run,
      },
      full: since === null,
      now: this.#kernel.now,
      events: this.#kernel.handled,
      set,
      gone,
      machines: [...this.#machines.values()]
        .filter(({ changed }) => since === null || changed > since.machines)
        .map(({ record }) => record),
      machinesGone:
        since === null
          ? []
          : this.#machinesGone.filter(({ changed }) => changed > since.machines).map(({ name }) => name),
      countdowns: this.#countdowns(faults),
      faults,
      writes: writesSince(audit, since),
      peerMessages: since === null || !this.#hasGroup ? [] : peerMessages(this.#kernel.causes, since.event),
      probes: since === null ? [] : this.#probesSince(since.at),
      logs: restOf(this.#kernel.logs, since?.log),
      answers: [...restOf(answers, since?.answer), ...restOf(etcdctlAnswers, since?.etcdctlAnswer)],
      printed: restOf(printed, since?.printed),
    };
  }

  #changedSince(change: number): { readonly set: ObjectRecord[]; readonly gone: string[] } {
    const set: ObjectRecord[] = [];
    const gone: string[] = [];
    // An object that was lost and is there again has two lives.
    const latest = new Map(this.#changes.slice(change - this.#firstChange).map((life) => [life.uid, life]));
    for (const [uid, life] of latest) {
      const record = this.belief.recordOf(life);
      if (record === null) gone.push(uid);
      else set.push(record);
    }
    return { set, gone };
  }

  /** The audit log of the API servers; of the first that runs. */
  audit(): AuditLog | null {
    for (const process of this.#kernel.processes.values()) {
      const state = stateOf(process, kubeApiserver);
      if (state !== null) return state.audit;
    }
    return null;
  }

  #probesSince(at: Micros): readonly ProbeRecord[] {
    const probes: ProbeRecord[] = [];
    for (const process of this.#kernel.processes.values()) {
      const state = stateOf(process, kubelet);
      if (state !== null && state.probedAt > at) probes.push(...probesSince(state, at));
    }
    return probes;
  }

  #countdowns(faults: readonly FaultRecord[]): readonly CountdownRecord[] {
    const kubelets = [...this.#machines.values()].flatMap(({ clocks }) => clocks);
    const all = lateClocks.code?.(this.#kernel, this.belief, faults, kubelets) ?? kubelets;
    return all.filter(({ endsAt }) => endsAt > this.#kernel.now);
  }
}

/** Of a ring that there may not be. */
const endOf = (ring: Ring<unknown> | undefined): number => (ring === undefined ? 0 : nextNumber(ring));
const restOf = <Entry>(ring: Ring<Entry> | undefined, start = 0): readonly Entry[] =>
  ring === undefined ? [] : entriesFrom(ring, start);

/** Writes and renewals since a cursor, in order of their answers. */
function writesSince(audit: AuditLog | null, since: Cursor | null): readonly WriteRecord[] {
  const other = restOf(audit?.writes, since?.write);
  const renewed = restOf(audit?.renewals, since?.renewal);
  if (renewed.length === 0) return other;
  return [...other, ...renewed].sort((a, b) => a.at - b.at);
}
