/**
 * Why something is as it is: the chain of recorded causes from its last change back to an input or the start of the run.
 * Only what was recorded is told: decisions that components explained, writes, inputs. Where the ring of causes has let
 * go of the past, the chain says so.
 */
import type { Kernel } from '#engine/kernel/kernel';
import type { ExplanationRecord } from '#engine/kernel/remembered';
import { entriesFrom } from '#engine/kernel/ring';
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { Action, Reason, Why } from './door';
import type { Belief } from './observe/belief';
import type { AttemptRecord, Fault, Subject, WriteRecord } from './records';

/** Links that are followed at most: a periodic loop's chain reaches back to the start of the run. */
const MAX_LINKS = 20_000;
const MAX_REASONS = 60;
const MAX_DECISIONS = 20;

export interface Sources {
  readonly kernel: Kernel;
  readonly belief: Belief;
  readonly writes: readonly WriteRecord[];
  readonly inputs: readonly { readonly at: Micros; readonly action: Action }[];
}

export function explainSubject(sources: Sources, subject: Subject): Why {
  const { kernel, belief } = sources;
  if (subject.kind === 'Process') return lastDecisions(kernel, subject);
  const change = belief.lastChange(subject.kind, subject.namespace, subject.name);
  const start = change?.event ?? lastMention(kernel, subject);
  if (start === null) return { subject, reasons: [], complete: false };

  const explanations = groupByEvent(entriesFrom(kernel.explanations, 0));
  const writes = groupByEvent(sources.writes);
  const reasons: Reason[] = [];
  const add = (reason: Reason): void => {
    const last = reasons[reasons.length - 1];
    if (last?.text !== reason.text || last.actor !== reason.actor) reasons.push(reason);
  };

  // What components said of the subject since: a pod that waits is explained by the attempts to place it.
  for (const record of mentionsAfter(kernel, subject, start)) add(reasonOf(record));

  let event: EventId = start;
  for (let links = 0; links < MAX_LINKS && reasons.length < MAX_REASONS; links++) {
    const cause = kernel.causeOf(event);
    if (cause === null) return { subject, reasons, complete: event < 0 };
    for (const record of explanations.get(event) ?? []) {
      add(reasonOf(record));
      const fault = faultBehind(sources, record);
      if (fault !== null) {
        add(fault);
        return { subject, reasons, complete: true };
      }
    }
    for (const write of writes.get(event) ?? []) add(reasonOfWrite(write));
    if (cause.process === 'input') {
      add(reasonOfInput(event, cause.at, sources.inputs.find(({ at }) => at === cause.at)?.action));
      return { subject, reasons, complete: true };
    }
    if (cause.cause < 0) {
      add({ event, at: cause.at, actor: 'start', text: 'The cluster was switched on.', subject: null });
      return { subject, reasons, complete: true };
    }
    event = cause.cause;
  }
  return { subject, reasons, complete: false };
}

/** What a process has explained last, newest first. */
function lastDecisions({ explanations: { entries } }: Kernel, subject: Subject): Why {
  const reasons: Reason[] = [];
  for (let i = entries.length - 1; i >= 0 && reasons.length < MAX_DECISIONS; i--) {
    if (entries[i]!.process === subject.name) reasons.push(reasonOf(entries[i]!));
  }
  return { subject, reasons, complete: false };
}

function groupByEvent<Entry extends { readonly event: EventId }>(entries: readonly Entry[]): Map<EventId, Entry[]> {
  const groups = new Map<EventId, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.event);
    if (group === undefined) groups.set(entry.event, [entry]);
    else group.push(entry);
  }
  return groups;
}

const isAbout = ({ subject: mentioned }: ExplanationRecord, subject: Subject): boolean =>
  mentioned !== undefined &&
  mentioned.kind === subject.kind &&
  mentioned.namespace === subject.namespace &&
  mentioned.name === subject.name;

function lastMention(kernel: Kernel, subject: Subject): EventId | null {
  const { entries } = kernel.explanations;
  for (let i = entries.length - 1; i >= 0; i--) if (isAbout(entries[i]!, subject)) return entries[i]!.event;
  return null;
}

function mentionsAfter(kernel: Kernel, subject: Subject, start: EventId): ExplanationRecord[] {
  const { entries } = kernel.explanations;
  const mentions: ExplanationRecord[] = [];
  for (let i = entries.length - 1; i >= 0 && entries[i]!.event > start && mentions.length < 3; i--) {
    if (isAbout(entries[i]!, subject)) mentions.push(entries[i]!);
  }
  return mentions;
}

function reasonOf({ event, at, process, actor, what, text, subject, data }: ExplanationRecord): Reason {
  return {
    event,
    at,
    actor: actor ?? actorOf(process),
    text,
    subject: subject ?? null,
    ...(data === undefined ? {} : { data }),
    ...(what === 'schedule' && { attempt: data as AttemptRecord }),
  };
}

function reasonOfWrite(write: WriteRecord): Reason {
  const what = write.subresource === '' ? write.resource : `${write.resource}/${write.subresource}`;
  const name = write.namespace === '' ? write.name : `${write.namespace}/${write.name}`;
  const failed = write.code >= 400 ? ` (refused: ${write.code})` : '';
  const text = `${write.verb} ${what} ${name}${failed}`;
  return { event: write.event, at: write.at, actor: actorOf(write.from), text, subject: null };
}

function reasonOfInput(event: EventId, at: Micros, action: Action | undefined): Reason {
  return {
    event,
    at,
    actor: 'you',
    text: action === undefined ? 'You did something.' : inputText(action),
    subject: null,
  };
}

/**
 * Silence has no event that causes it: where a component says that it no longer hears a machine, what was done to that
 * machine is looked up among the inputs.
 */
function faultBehind({ inputs }: Sources, record: ExplanationRecord): Reason | null {
  if (record.what !== 'silence') return null;
  const { silent } = record.data as { readonly silent: readonly string[] };
  const machine = silent[0] ?? '';
  for (let i = inputs.length - 1; i >= 0; i--) {
    const { at, action } = inputs[i]!;
    if (at > record.at || action.type !== 'fault' || !hurts(action.fault, machine)) continue;
    return {
      event: -1,
      at,
      actor: 'you',
      text: inputText(action),
      subject: { kind: 'Machine', namespace: '', name: machine },
    };
  }
  return null;
}

function hurts(fault: Fault, machine: string): boolean {
  if ('machine' in fault) return fault.machine === machine;
  if ('process' in fault) return fault.process.startsWith(`${machine}/`);
  if (fault.type === 'partition') return fault.from.includes(machine) || fault.to.includes(machine);
  return fault.type === 'zone-outage';
}

/** `control-plane-1/kube-scheduler` as people say it. */
function actorOf(process: string): string {
  const [machine = '', name = ''] = process.split('/');
  if (process === 'laptop/etcdctl') return 'etcdctl';
  if (machine === 'laptop') return 'kubectl';
  return name === 'kubelet' || name === 'containerd' ? `${name} on ${machine}` : name || machine;
}

export function inputText(action: Action): string {
  switch (action.type) {
    case 'apply':
      return 'You applied a manifest.';
    case 'delete':
      return 'You deleted the objects of a manifest.';
    case 'request':
      return `You sent ${action.method} ${action.path}.`;
    case 'stream-data':
      return 'You sent something on a stream.';
    case 'cancel':
      return 'You no longer waited for an answer.';
    case 'shell':
      return `You typed ${action.line.split('\n', 1)[0]}.`;
    case 'shell-input':
      return action.interrupt === true ? 'You pressed Ctrl-C.' : 'You typed something.';
    case 'file':
      return `You ${action.text === null ? 'removed' : 'wrote'} the file ${action.path}.`;
    case 'etcdctl':
      return `You ran etcdctl ${action.command}.`;
    case 'fault':
      return faultText(action.fault);
    case 'heal':
      return 'You healed a fault.';
    case 'power-on':
      return `You switched ${action.machine} on.`;
    case 'add-machine':
      return action.role === 'control-plane' ? 'You added a control plane.' : 'You added a machine.';
    case 'traffic':
      return `You sent ${action.requestsPerSecond} requests a second to ${action.to.kind} ${action.to.name}.`;
    case 'remove-machine':
      return `You took ${action.machine} away.`;
    case 'configure-scheduler':
      return 'You changed the configuration of the schedulers.';
  }
}

function faultText(fault: Fault): string {
  switch (fault.type) {
    case 'power-off':
      return `You cut the power of ${fault.machine}.`;
    case 'reboot':
      return `You rebooted ${fault.machine}.`;
    case 'kill-process':
      return `You killed ${fault.process}.`;
    case 'pause-process':
      return `You paused ${fault.process}.`;
    case 'cut-cable':
      return `You cut the cable of ${fault.machine}.`;
    case 'partition':
      return `You parted ${fault.from.join(', ')} from ${fault.to.join(', ')}.`;
    case 'latency':
      return `You slowed the network of ${fault.machine} by ${fault.add / 1000} ms.`;
    case 'packet-loss':
      return `You made ${fault.machine} lose ${Math.round(fault.rate * 100)} % of its packets.`;
    case 'clock-skew':
      return `You set the clock of ${fault.machine} ${fault.by / 1_000_000} s ahead.`;
    case 'disk-full':
      return `You filled the disk of ${fault.machine}.`;
    case 'disk-slow':
      return `You made the disk of ${fault.machine} ${fault.times} times as slow.`;
    case 'disk-corrupt':
      return `You corrupted etcd's ${fault.file === 'snap' ? 'snapshot' : 'log'} on the disk of ${fault.machine}.`;
    case 'etcd-wipe':
      return `You deleted etcd's data on the disk of ${fault.machine}.`;
    case 'memory-pressure':
      return `You took memory of ${fault.machine}.`;
    case 'image-registry-down':
      return 'You switched the image registry off.';
    case 'zone-outage':
      return `You switched ${fault.zone} off.`;
  }
}
