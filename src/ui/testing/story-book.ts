/** The records of the made-up cluster, its clock, and what has changed since the last frame. What happens in it is `StoryWorld`'s. */
import type { Frame } from '#engine/cluster/door';
import type {
  CountdownRecord,
  FaultRecord,
  MachineRecord,
  NodeRecord,
  ObjectRecord,
  PodRecord,
  WriteRecord,
} from '#engine/cluster/records';
import type { Micros } from '#engine/kernel/time';
import { event, frame, heartbeat } from './builders';

interface Planned {
  readonly at: Micros;
  readonly run: () => void;
}

export class StoryBook {
  now: Micros = 0;
  private planned: Planned[] = [];
  protected readonly machines = new Map<string, MachineRecord>();
  protected readonly objects = new Map<string, ObjectRecord>();
  protected countdowns: CountdownRecord[] = [];
  protected faults: FaultRecord[] = [];
  protected serial = 0;
  private changed = new Map<string, ObjectRecord>();
  private gone: string[] = [];
  private machinesChanged = new Set<string>();
  private machinesGone: string[] = [];
  private writes: WriteRecord[] = [];

  after(delay: Micros, run: () => void): void {
    this.planned.push({ at: this.now + delay, run });
    this.planned.sort((a, b) => a.at - b.at);
  }

  protected every(period: Micros, run: () => void): void {
    this.after(period, () => {
      run();
      this.every(period, run);
    });
  }

  /** Plays the story up to a time. */
  playTo(until: Micros): void {
    for (let next = this.planned[0]; next && next.at <= until; next = this.planned[0]) {
      this.planned.shift();
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = Math.max(this.now, until);
  }

  /** When the next planned thing happens. */
  nextAt(): Micros {
    return this.planned[0]?.at ?? this.now;
  }

  find(kind: string, namespace: string, name: string): ObjectRecord | undefined {
    return [...this.objects.values()].find(
      (record) => record.kind === kind && record.namespace === namespace && record.name === name,
    );
  }

  protected nodeOf(name: string): NodeRecord | undefined {
    const record = this.objects.get(`node/${name}`);
    return record?.kind === 'Node' ? record : undefined;
  }

  protected pods(): readonly PodRecord[] {
    return [...this.objects.values()].filter((record) => record.kind === 'Pod');
  }

  protected beatOf(machineName: string): void {
    this.writes.push(heartbeat(machineName, this.now));
  }

  protected count(countdown: CountdownRecord): void {
    const { subject } = countdown;
    const clean = { ...countdown, subject: { kind: subject.kind, namespace: subject.namespace, name: subject.name } };
    this.countdowns = [...this.countdowns.filter(({ id }) => id !== clean.id), clean];
  }

  protected tell(
    kind: string,
    namespace: string,
    name: string,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    const id = `${name}.${++this.serial}`;
    this.putObject(
      event(id, {
        namespace: namespace || 'default',
        type,
        reason,
        message,
        regarding: { kind, namespace, name },
        firstSeen: this.now,
        lastSeen: this.now,
        createdAt: this.now,
      }),
    );
  }

  protected write(
    from: string,
    verb: WriteRecord['verb'],
    resource: string,
    namespace: string,
    name: string,
    subresource = '',
  ): void {
    const user = from.endsWith('/kubelet')
      ? `system:node:${from.split('/')[0] ?? ''}`
      : `system:${from.split('/')[1] ?? ''}`;
    this.writes.push({
      event: ++this.serial,
      at: this.now,
      from,
      user,
      verb,
      resource,
      subresource,
      namespace,
      name,
      code: 200,
    });
  }

  protected putMachine(record: MachineRecord): void {
    this.machines.set(record.name, record);
    this.machinesChanged.add(record.name);
  }

  protected dropMachine(name: string): void {
    this.machines.delete(name);
    this.machinesGone.push(name);
  }

  protected putObject(record: ObjectRecord): void {
    this.objects.set(record.uid, record);
    this.changed.set(record.uid, record);
  }

  protected dropObject(uid: string): void {
    this.objects.delete(uid);
    this.changed.delete(uid);
    this.gone.push(uid);
  }

  /** What has changed since the last call. */
  takeFrame(full: boolean): Frame {
    this.countdowns = this.countdowns.filter(({ endsAt }) => endsAt > this.now);
    const taken = frame({
      full,
      now: this.now,
      events: this.serial,
      set: full ? [...this.objects.values()] : [...this.changed.values()],
      gone: full ? [] : this.gone,
      machines: [...this.machines.values()].filter(({ name }) => full || this.machinesChanged.has(name)),
      machinesGone: this.machinesGone,
      countdowns: this.countdowns,
      faults: this.faults,
      writes: this.writes,
    });
    this.changed = new Map();
    this.gone = [];
    this.machinesChanged = new Set();
    this.machinesGone = [];
    this.writes = [];
    return taken;
  }
}
