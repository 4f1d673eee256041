/** Random faults of a group of etcd members: what may happen to machines, processes, clocks and ways, and its end. */
import type { Random } from '#engine/kernel/random';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { type EtcdGroup, memberProcess } from '../testing';

export class Faults {
  readonly #group: EtcdGroup;
  readonly #random: Random;
  /** What brings things in order again, and when. */
  #repairs: { readonly at: Micros; readonly repair: () => void }[] = [];
  #nextAt: Micros = 0;
  /** The change of members under way. */
  #change: { readonly id: number; readonly number: number } | null = null;
  #nextNumber: number;
  count = 0;

  constructor(group: EtcdGroup, random: Random) {
    this.#group = group;
    this.#random = random;
    this.#nextNumber = Math.max(...group.numbers) + 1;
  }

  /** What is due now. */
  act(): void {
    const { now } = this.#group.kernel;
    const due = this.#repairs.filter(({ at }) => at <= now);
    this.#repairs = this.#repairs.filter(({ at }) => at > now);
    for (const { repair } of due) repair();
    this.#goOnWithChange();
    if (now < this.#nextAt) return;
    this.#nextAt = now + (300 + this.#random.below(1_500)) * MILLISECOND;
    this.count++;
    this.#happen();
  }

  /** Everything works again. */
  end(): void {
    for (const { repair } of this.#repairs) repair();
    this.#repairs = [];
    this.#group.heal();
    for (const number of this.#group.numbers) this.#group.powerOn(number);
  }

  /** The members that take part at the end, in ascending order. */
  voters(): number[] {
    const leader = this.#group.find(this.#group.leader);
    if (leader === null) {
      const stand = this.#group.numbers.map((number) => {
        const raft = this.#group.find(number)?.raft;
        return raft === undefined
          ? `${number} is down`
          : `${number}: ${raft.role} ${raft.term} of ${raft.conf.voters.join()}; log ${raft.log.committed}`;
      });
      throw new Error(`nobody leads although everything works: ${stand.join(' | ')}`);
    }
    const { voters } = leader.raft.conf;
    return this.#group.numbers.filter((number) => voters.includes(this.#group.find(number)?.member ?? 0));
  }

  #later(repair: () => void, least = 200, most = 2_000): void {
    const wait = (least + this.#random.below(most - least)) * MILLISECOND;
    this.#repairs.push({ at: this.#group.kernel.now + wait, repair });
  }

  /** Somebody; often whoever leads. */
  #anyone(): number {
    const { leader, numbers } = this.#group;
    if (leader !== 0 && this.#random.below(3) === 0) return leader;
    return numbers[this.#random.below(numbers.length)]!;
  }

  #happen(): void {
    const group = this.#group;
    const { kernel } = group;
    const number = this.#anyone();
    const machine = kernel.machine(`control-plane-${number}`);
    const process = memberProcess(number);
    switch (this.#random.below(12)) {
      case 0:
      case 1:
        return kernel.kill(process);
      case 2:
        kernel.pause(process);
        return this.#later(() => kernel.resume(process));
      case 3:
        group.powerOff(number);
        return this.#later(() => group.powerOn(number));
      case 4: {
        // The whole room: every disk keeps what was synced, and nothing else.
        const all = group.numbers;
        for (const other of all) group.powerOff(other);
        return this.#later(() => all.forEach((other) => group.powerOn(other)), 50, 500);
      }
      case 5:
      case 6:
        this.#partition(false);
        return this.#later(() => group.heal());
      case 7:
        this.#partition(true);
        return this.#later(() => group.heal());
      case 8:
        machine.nic.extraLatency = this.#random.below(400) * MILLISECOND;
        return this.#later(() => void (machine.nic.extraLatency = 0));
      case 9:
        machine.nic.loss = 0.3;
        return this.#later(() => void (machine.nic.loss = 0));
      case 10:
        machine.clockSkew = (this.#random.below(20) - 10) * SECOND;
        return;
      default:
        return this.#changeMembers();
    }
  }

  #partition(isOneWay: boolean): void {
    const { numbers, kernel } = this.#group;
    const alone = this.#anyone();
    const sides =
      this.#random.below(2) === 0 ? [[alone], numbers.filter((number) => number !== alone)] : this.#halves();
    const [from, to] = sides.map((side) => side.map((number) => `control-plane-${number}`)) as [string[], string[]];
    const there = { id: 'there', from, to };
    kernel.fabric.partitions = isOneWay ? [there] : [there, { id: 'back', from: to, to: from }];
  }

  #halves(): number[][] {
    const sides: number[][] = [[], []];
    for (const number of this.#group.numbers) sides[this.#random.below(2)]!.push(number);
    return sides;
  }

  /**
   * A member whose disk was wiped may not come back as who it was: it is removed, and a new one with an empty disk takes
   * its place. One change at a time; a group of three gets the new one first.
   */
  #changeMembers(): void {
    const group = this.#group;
    const leader = group.find(group.leader);
    if (this.#change !== null || leader === null) return;
    const { voters } = leader.raft.conf;
    if (voters.length > 3) {
      const gone = voters[this.#random.below(voters.length)]!;
      const number = group.numbers.find((other) => group.find(other)?.member === gone);
      if (number === undefined) return;
      const id = group.send(group.leader, { type: 'etcd/member-change', change: 'remove', member: gone });
      this.#change = { id, number: 0 };
      return;
    }
    const number = this.#nextNumber;
    const process = memberProcess(number);
    const id = group.send(group.leader, { type: 'etcd/member-change', change: 'add', member: 0, process });
    this.#change = { id, number };
  }

  #goOnWithChange(): void {
    const change = this.#change;
    const answer = change === null ? undefined : this.#group.answerTo(change.id);
    if (change === null || answer === undefined) return;
    this.#change = null;
    if (answer.type !== 'etcd/members-answer' || change.number === 0) return;
    this.#nextNumber++;
    const initialCluster = this.#group.numbers.map((member) => ({ member, process: memberProcess(member) }));
    this.#group.addMachine(change.number, { member: 0, initialCluster, initialClusterState: 'existing' });
  }
}
