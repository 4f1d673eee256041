/** Random faults, each healed after a while. */
import type { Kernel } from '#engine/kernel/kernel';
import type { Random } from '#engine/kernel/random';
import { type Micros, MILLISECOND, MINUTE, SECOND } from '#engine/kernel/time';
import { kubeControllerManager } from '#engine/controllers/controller-manager';
import { stateOf } from '../observe/truth';
import type { Fault } from '../records';
import type { Person } from './person';
import { pick } from './workloads';

const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'];
const UNITS = ['kubelet', 'containerd'];
/** How long a fault may last: a hiccup, a restart, longer than a lease, longer than pods tolerate it. */
const SPANS: readonly Micros[] = [2 * SECOND, 20 * SECOND, 90 * SECOND, 7 * MINUTE];

export class Faults {
  readonly counts = new Map<string, number>();
  readonly #kernel: Kernel;
  readonly #random: Random;
  readonly #person: Person;
  /** Faults in force, and when each is healed. */
  #active: { readonly id: string; readonly until: Micros }[] = [];
  #number = 0;
  /** The controller manager ends as soon as it is in the middle of a plan, before this moment. */
  #ambush: Micros = 0;

  constructor(kernel: Kernel, random: Random, person: Person) {
    this.#kernel = kernel;
    this.#random = random;
    this.#person = person;
  }

  get count(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The end of what is due. */
  act(now: Micros): void {
    const due = this.#active.filter(({ until }) => until <= now);
    this.#active = this.#active.filter(({ until }) => until > now);
    for (const { id } of due) this.#person.act({ type: 'heal', id });
  }

  end(): void {
    this.#ambush = 0;
    for (const { id } of this.#active) this.#person.act({ type: 'heal', id });
    this.#active = [];
  }

  happen(now: Micros): void {
    const random = this.#random;
    const until = now + random.below(pick(random, SPANS)) + SECOND;
    if (random.below(9) === 0) {
      this.#count('kill-in-plan');
      this.#ambush = now + MINUTE;
      return;
    }
    if (random.below(40) === 0) return this.#allKubelets(now);
    this.#begin(this.#any(), until);
  }

  /** Asked after each event: whether a controller manager stands between two writes of a plan that is to be its last. */
  springs(): boolean {
    if (this.#kernel.now >= this.#ambush) return false;
    for (const machine of this.#kernel.machines.values())
      for (const process of machine.processes) {
        const manager = process.status === 'running' ? stateOf(process, kubeControllerManager) : null;
        if (manager === null) continue;
        for (const { runs } of manager.set.states.values())
          for (const { at, steps } of runs.values())
            if (at > 0 && at < steps.length && steps[at - 1]?.op !== 'event') {
              this.#ambush = 0;
              this.#person.act({
                type: 'fault',
                id: `kill-${++this.#number}`,
                fault: { type: 'kill-process', process: process.id },
              });
              return true;
            }
      }
    return false;
  }

  get isWaiting(): boolean {
    return this.#kernel.now < this.#ambush;
  }

  /** No kubelet says anything: full disruption, in which nothing may be evicted. */
  #allKubelets(now: Micros): void {
    const until = now + 4 * MINUTE;
    for (const machine of this.#machines())
      this.#begin({ type: 'pause-process', process: `${machine}/kubelet` }, until);
  }

  #begin(fault: Fault, until: Micros): void {
    const id = `fault-${++this.#number}`;
    this.#count(fault.type);
    this.#person.act({ type: 'fault', id, fault });
    this.#active.push({ id, until });
  }

  #count(type: string): void {
    this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
  }

  #machines(): string[] {
    return [...this.#kernel.machines.keys()].filter((name) => name !== 'laptop' && name !== 'internet');
  }

  #process(): string {
    const machine = pick(this.#random, this.#machines());
    const units = machine.startsWith('control-plane') ? [...CONTROL_PLANE, ...UNITS, 'kube-controller-manager'] : UNITS;
    return `${machine}/${pick(this.#random, units)}`;
  }

  #any(): Fault {
    const random = this.#random;
    const machine = pick(random, this.#machines());
    switch (random.below(14)) {
      case 0:
      case 1:
        return { type: 'power-off', machine };
      case 2:
        return { type: 'reboot', machine };
      case 3:
      case 4:
      case 5:
        return { type: 'kill-process', process: this.#process() };
      case 6:
      case 7:
        return { type: 'pause-process', process: this.#process() };
      case 8:
        return { type: 'cut-cable', machine, direction: pick(random, ['in', 'out', 'both'] as const) };
      case 9:
        return { type: 'packet-loss', machine, rate: random.below(40) / 100 };
      case 10:
        return { type: 'latency', machine, add: random.below(800) * MILLISECOND };
      case 11:
        return { type: 'clock-skew', machine, by: (random.below(600) - 300) * SECOND };
      case 12: {
        const zones = [...new Set([...this.#kernel.machines.values()].map(({ zone }) => zone))].filter((zone) =>
          zone.startsWith('zone-'),
        );
        return zones.length > 1 ? { type: 'zone-outage', zone: pick(random, zones) } : { type: 'image-registry-down' };
      }
      default:
        return {
          type: 'partition',
          from: [machine],
          to: [pick(random, this.#machines())],
          oneWay: random.below(2) === 0,
        };
    }
  }
}
