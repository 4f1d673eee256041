/**
 * Why something is as it is: the chain of recorded causes from its last change back to an input or the start of the run.
 * Only what was recorded is told: decisions that components explained, writes, inputs. Where the record of causes has let
 * go of the past, the chain says so.
 */
import { resources } from '#engine/api/registry';
import type { AuditRecord } from '#engine/apiserver/audit';
import { landmarkOf, toldInRing } from '#engine/kernel/causes';
import type { Kernel } from '#engine/kernel/kernel';
import type { Landmark } from '#engine/kernel/landmarks';
import type { ExplanationRecord } from '#engine/kernel/remembered';
import type { EventId, Told } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { inputText } from './action-text';
import type { Action, Reason, Why } from './door';
import type { Belief } from './observe/belief';
import type { AttemptRecord, Fault, Subject } from './records';

/** Of a longer story the end and the beginning are told. */
const NEWEST_REASONS = 60;
const OLDEST_REASONS = 20;
const MAX_DECISIONS = 20;

export interface Sources {
  readonly kernel: Kernel;
  readonly belief: Belief;
  readonly inputs: readonly { readonly at: Micros; readonly action: Action }[];
}

export function explainSubject(sources: Sources, subject: Subject): Why {
  if (subject.kind === 'Process') return lastDecisions(sources.kernel, subject);
  if (subject.kind === 'Machine') return doneTo(sources, subject);
  const { belief } = sources;
  const change = belief.lastChange(subject.kind, subject.namespace, subject.name);
  const known = change === null || change.event < 0 ? null : change;
  const told = toldInRing(sources.kernel.causes);
  const start = known?.event ?? lastMention(sources.kernel, subject) ?? lastWrite(sources.kernel, told, subject)?.event;
  if (start === undefined) return { subject, reasons: [], complete: false };
  const uid = change?.object.metadata.uid;
  // What components said of the subject since: a pod that waits is explained by the attempts to place it.
  const since = mentionsAfter(sources.kernel, { ...subject, uid }, start).map(reasonOf);
  const { reasons, complete } = chainFrom(sources, told, start);
  return shortened(subject, withoutRepeats([...since, ...reasons]), complete);
}

/** The middle of a long story is left out. */
function shortened(subject: Subject, reasons: readonly Reason[], complete: boolean): Why {
  const count = reasons.length - NEWEST_REASONS - OLDEST_REASONS;
  if (count <= 0) return { subject, reasons, complete };
  const told = [...reasons.slice(0, NEWEST_REASONS), ...reasons.slice(-OLDEST_REASONS)];
  return { subject, reasons: told, complete, omitted: { after: NEWEST_REASONS, count } };
}

function withoutRepeats(reasons: readonly Reason[]): Reason[] {
  return reasons.filter(({ text, actor }, index) => {
    const last = reasons[index - 1];
    return last?.text !== text || last.actor !== actor;
  });
}

interface Chain {
  readonly reasons: readonly Reason[];
  readonly complete: boolean;
}

/** The reasons from an event back to where its chain of causes begins, newest first. */
export function chainFrom(sources: Sources, told: ReadonlyMap<EventId, readonly Told[]>, start: EventId): Chain {
  const { kernel } = sources;
  const reasons: Reason[] = [];
  for (let event = start; ;) {
    const link = linkOf(kernel, told, event);
    if (link === null) return { reasons, complete: false };
    for (const record of link.told) {
      if (isWrite(record)) {
        reasons.push(reasonOfWrite(record));
        continue;
      }
      const explanation = record as ExplanationRecord;
      reasons.push(reasonOf(explanation));
      const fault = faultBehind(sources, explanation);
      if (fault !== null) return { reasons: [...reasons, fault], complete: true };
    }
    if (link.process === 'input') {
      reasons.push(reasonOfInput(link.event, link.at, inputOf(sources, link)));
      return { reasons, complete: true };
    }
    if (link.cause === -1) {
      reasons.push({
        event: link.event,
        at: link.at,
        actor: 'start',
        text: 'The cluster was switched on.',
        subject: null,
      });
      return { reasons, complete: true };
    }
    event = link.cause;
  }
}

/** An event with what is told of it; of one that is long past, the landmark that stands for it. */
function linkOf(kernel: Kernel, told: ReadonlyMap<EventId, readonly Told[]>, event: EventId): Landmark | null {
  const record = kernel.causeOf(event);
  return record === null ? landmarkOf(kernel.causes, event) : { ...record, told: told.get(event) ?? [] };
}

const isWrite = (record: Told): record is AuditRecord => 'verb' in record;

/** Inputs of one moment are carried out one after the other. */
function inputOf({ kernel, inputs }: Sources, { event, at }: Landmark): Action | undefined {
  let before = 0;
  while (isInputAt(kernel, event - 1 - before, at)) before++;
  return inputs.filter((input) => input.at === at)[before]?.action;
}

function isInputAt(kernel: Kernel, event: EventId, at: Micros): boolean {
  if (event < 0) return false;
  const link = kernel.causeOf(event) ?? landmarkOf(kernel.causes, event);
  return link?.event === event && link.process === 'input' && link.at === at;
}

/** What a process has explained last, newest first. */
function lastDecisions({ explanations: { entries, first } }: Kernel, subject: Subject): Why {
  const reasons: Reason[] = [];
  let i = entries.length - 1;
  for (; i >= 0 && reasons.length < MAX_DECISIONS; i--) {
    if (entries[i]!.process === subject.name) reasons.push(reasonOf(entries[i]!));
  }
  return { subject, reasons, complete: i < 0 && first === 0 };
}

/** What was done to a machine, newest first. */
function doneTo({ kernel, inputs }: Sources, subject: Subject): Why {
  const begun: Reason = { event: 0, at: 0, actor: 'start', text: 'The cluster was switched on.', subject: null };
  const harm = new Map<string, Fault>();
  const reasons: Reason[] = [];
  for (const { at, action } of inputs) {
    if (at > kernel.now) break;
    if (action.type === 'fault') harm.set(action.id, action.fault);
    const fault = action.type === 'fault' || action.type === 'heal' ? harm.get(action.id) : undefined;
    const isMeant = 'machine' in action && action.machine === subject.name;
    if (isMeant || (fault !== undefined && hurts(fault, subject.name))) reasons.push(reasonOfInput(-1, at, action));
  }
  return shortened(subject, [...reasons.reverse(), begun], true);
}

const isAbout = (
  { subject: mentioned }: ExplanationRecord,
  subject: Subject & { readonly uid?: string | undefined },
): boolean =>
  mentioned !== undefined &&
  mentioned.kind === subject.kind &&
  mentioned.namespace === subject.namespace &&
  mentioned.name === subject.name &&
  (mentioned.uid === undefined || subject.uid === undefined || mentioned.uid === subject.uid);

function lastMention(kernel: Kernel, subject: Subject): EventId | undefined {
  return kernel.explanations.entries.findLast((record) => isAbout(record, subject))?.event;
}

/** The last request that was to change the object: of things that are long gone. */
export function lastWrite(
  { causes }: Kernel,
  ring: ReadonlyMap<EventId, readonly Told[]>,
  { kind, namespace, name }: Subject,
  isMeant: (write: AuditRecord) => boolean = () => true,
): AuditRecord | undefined {
  const id = resources.find((row) => row.kind === kind)?.id;
  if (id === undefined) return undefined;
  const findIn = (records: readonly Told[]): AuditRecord | undefined =>
    records.findLast(
      (record): record is AuditRecord =>
        isWrite(record) &&
        record.resource === id &&
        record.name === name &&
        record.namespace === namespace &&
        record.code < 400 &&
        isMeant(record),
    );
  const found = findIn([...ring.values()].flat());
  if (found !== undefined) return found;
  for (const { landmarks } of causes.landmarks.digests.toReversed()) {
    const write = findIn(landmarks.flatMap(({ told }) => told));
    if (write !== undefined) return write;
  }
  return undefined;
}

function mentionsAfter(
  kernel: Kernel,
  subject: Subject & { readonly uid: string | undefined },
  start: EventId,
): ExplanationRecord[] {
  const { entries } = kernel.explanations;
  const mentions: ExplanationRecord[] = [];
  for (let i = entries.length - 1; i >= 0 && entries[i]!.event > start && mentions.length < 3; i--) {
    if (isAbout(entries[i]!, subject)) mentions.push(entries[i]!);
  }
  return mentions;
}

export function reasonOf({ event, at, process, actor, what, text, subject, data }: ExplanationRecord): Reason {
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

/** What who writes does, said of them. */
const DOES: Readonly<Record<string, string>> = {
  create: 'creates',
  update: 'updates',
  patch: 'patches',
  delete: 'deletes',
  deletecollection: 'deletes all',
};

function reasonOfWrite(write: AuditRecord): Reason {
  const what = write.subresource === '' ? write.resource : `${write.resource}/${write.subresource}`;
  const name = write.namespace === '' ? write.name : `${write.namespace}/${write.name}`;
  const failed = write.code >= 400 ? ` (refused: ${write.code})` : '';
  const text = `${DOES[write.verb] ?? write.verb} ${what} ${name}${failed}`;
  const actor = write.from === '' ? 'kube-apiserver' : actorOf(write.from);
  return { event: write.event, at: write.at, actor, text, subject: null };
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
