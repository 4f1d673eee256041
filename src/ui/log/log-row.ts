/** One row of the event log, whatever it comes from, and how each kind of record becomes one. Pure. */
import type { RecordedInput } from '#engine/cluster/door';
import { zapLine } from '#engine/cluster/component-logs';
import type { EventRecord, Fault, LogRecord, PeerMessageRecord, Subject, WriteRecord } from '#engine/cluster/records';
import type { EventId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { faultTarget } from '../state/markers';
import type { LogSource } from '../state/view-slice';
import type { Catalogue } from '../text/en';
import type { LogText } from '../text/en-log';
import { kindOfResource } from './kind-of-resource';

export type Severity = 'normal' | 'warning' | 'error';

export interface LogRow {
  /** Its own among all rows. */
  readonly id: string;
  readonly at: Micros;
  readonly source: LogSource;
  readonly severity: Severity;
  /** Who says it: a component, a process, a user. */
  readonly from: string;
  readonly reason: string;
  readonly message: string;
  /** What it is about; null: nothing that can be selected. */
  readonly subject: Subject | null;
  /** That in words, e.g. `pod/web-0`. */
  readonly object: string;
  readonly namespace: string;
  readonly count: number;
  /** The process that acted, e.g. `control-plane-1/etcd`; empty: none, or not known. */
  readonly process: string;
  /** The event of the engine in which it came to be: where its causes begin. Null: not known by number. */
  readonly event: EventId | null;
  /** The object in the API that the row is: an Event. Its causes are asked for by name. */
  readonly self?: Subject;
}

const NO_NAMESPACE = { namespace: '', count: 1 } as const;

/** A Kubernetes Event; its object is written as `kubectl get events` does. */
export const eventRow = (event: EventRecord): LogRow => ({
  id: event.uid,
  at: event.lastSeen,
  source: 'event',
  severity: event.type === 'Warning' ? 'warning' : 'normal',
  from: event.component,
  reason: event.reason,
  message: event.message,
  subject: event.regarding,
  object: `${event.regarding.kind.toLowerCase()}/${event.regarding.name}`,
  namespace: event.regarding.namespace,
  count: event.count,
  process: '',
  event: null,
  self: { kind: 'Event', namespace: event.namespace, name: event.name },
});

const KLOG = /^([IWEF]) ([\w.-]+(?::\d+)?)\] /;
const KLOG_SEVERITY: Readonly<Record<string, Severity>> = { I: 'normal', W: 'warning', E: 'error', F: 'error' };
const TROUBLE = /^(failed|error)/i;
/** Longer lines are nobody's structured log. */
const MOST_PARSED = 100_000;

/** An object that a line holds as JSON; null when it holds none. */
function parsed(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{') || line.length > MOST_PARSED) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

const isEtcd = (process: string): boolean => process.slice(process.indexOf('/') + 1) === 'etcd';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const severityOf = (code: number): Severity => (code >= 500 ? 'error' : code >= 400 ? 'warning' : 'normal');

/** A line of a component's log: klog's head, etcd's level, or an event that an audit policy asked for. */
export function logRow(record: LogRecord, number: number): LogRow {
  const { at, event, process } = record;
  const base = {
    ...NO_NAMESPACE,
    id: `log/${number}`,
    at,
    event,
    from: process,
    process,
    subject: { kind: 'Process', namespace: '', name: process },
    object: process,
  };
  if (isEtcd(process)) {
    const zap = parsed(zapLine(record.text, at));
    const severity = zap?.['level'] === 'warn' ? 'warning' : 'normal';
    const isRaft = zap?.['logger'] === 'raft';
    return {
      ...base,
      source: isRaft ? 'raft' : 'log',
      severity,
      reason: isRaft ? 'raft' : text(zap?.['level']),
      message: record.text,
    };
  }
  const audited = parsed(record.text);
  if (audited?.['kind'] === 'Event') return policyRow(base, audited);
  const head = KLOG.exec(record.text);
  if (head === null) {
    const severity = TROUBLE.test(record.text) ? 'warning' : 'normal';
    return { ...base, source: 'log', severity, reason: '', message: record.text };
  }
  const [whole, level = 'I', reason = ''] = head;
  return { ...base, source: 'log', severity: KLOG_SEVERITY[level]!, reason, message: record.text.slice(whole.length) };
}

/** @source kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go */
function policyRow(
  base: Pick<LogRow, 'id' | 'at' | 'event' | 'process' | 'namespace' | 'count'>,
  audited: Readonly<Record<string, unknown>>,
): LogRow {
  const { verb, requestURI, user, objectRef, responseStatus, stage } = audited as {
    readonly verb?: unknown;
    readonly requestURI?: unknown;
    readonly user?: { readonly username?: unknown };
    readonly objectRef?: { readonly resource?: unknown; readonly namespace?: unknown; readonly name?: unknown };
    readonly responseStatus?: { readonly code?: unknown };
    readonly stage?: unknown;
  };
  const code = typeof responseStatus?.code === 'number' ? responseStatus.code : 0;
  const [resource, namespace, name] = [text(objectRef?.resource), text(objectRef?.namespace), text(objectRef?.name)];
  const kind = kindOfResource(resource);
  return {
    ...base,
    source: 'audit',
    severity: severityOf(code),
    from: text(user?.username),
    reason: code === 0 ? text(verb) : `${text(verb)} ${code}`,
    message: `${text(requestURI)} (${text(stage)})`,
    subject: kind === null || name === '' ? null : { kind, namespace, name },
    object: name === '' ? resource : `${resource}/${name}`,
    namespace,
  };
}

/** A request that was to change something, as the API server's audit log has it. */
export function writeRow(write: WriteRecord, number: number): LogRow {
  const { resource, subresource, namespace, name } = write;
  const kind = kindOfResource(resource);
  const [plural = ''] = resource.split('.', 1);
  const path = [resource, name, subresource].filter((part) => part !== '').join('/');
  return {
    id: `audit/${number}`,
    at: write.at,
    source: 'audit',
    severity: severityOf(write.code),
    from: write.user,
    reason: `${write.verb} ${write.code}`,
    message: `${namespace === '' ? '' : `${namespace}/`}${path} (${write.from === '' ? 'kube-apiserver' : write.from})`,
    subject: kind === null || name === '' ? null : { kind, namespace, name },
    object: name === '' ? plural : `${plural}/${name}`,
    namespace,
    count: 1,
    process: write.from,
    event: write.event,
  };
}

/** What members of etcd said to each other that is worth a row: votes and snapshots, but no heartbeat and no append. */
export function peerRow(peer: PeerMessageRecord, number: number): LogRow | null {
  const { at, from, to, what } = peer;
  if (what === 'append' || what === 'append-answer' || what === 'heartbeat') return null;
  return {
    ...NO_NAMESPACE,
    id: `raft/${number}`,
    at,
    source: 'raft',
    severity: 'normal',
    from,
    process: from,
    reason: what,
    message: `${from} \u2192 ${to}`,
    subject: { kind: 'Process', namespace: '', name: to },
    object: to,
    event: null,
  };
}

/** What rows of inputs are said with. */
export interface InputWords {
  readonly text: LogText;
  readonly marker: Catalogue['timeline']['marker'];
  /** The fault of this id. */
  faultOf(id: string): Fault | null;
}

/** What somebody did to the cluster; null for what only passes through a stream that is open. */
export function inputRow({ at, action }: RecordedInput, number: number, words: InputWords): LogRow | null {
  const base = {
    ...NO_NAMESPACE,
    id: `input/${number}`,
    at,
    severity: 'normal',
    from: words.text.you,
    process: '',
    event: null,
  } as const;
  const onMachine = (name: string): Pick<LogRow, 'subject' | 'object'> => ({
    subject: name.includes('/') ? { kind: 'Process', namespace: '', name } : { kind: 'Machine', namespace: '', name },
    object: name,
  });
  const nothing = { subject: null, object: '' } as const;
  switch (action.type) {
    case 'fault':
    case 'heal': {
      const fault = action.type === 'fault' ? action.fault : words.faultOf(action.id);
      const about = fault === null ? '' : faultTarget(fault);
      const what = action.type === 'fault' ? 'fault' : 'healed';
      const isThing = fault !== null && ('machine' in fault || 'process' in fault);
      return {
        ...base,
        ...(isThing ? onMachine(about) : { subject: null, object: about }),
        source: 'fault',
        severity: what === 'fault' ? 'warning' : 'normal',
        reason: fault?.type ?? action.type,
        message: words.marker({ id: '', at, what, fault: fault?.type ?? '', about }),
      };
    }
    case 'power-on':
      return {
        ...base,
        ...onMachine(action.machine),
        source: 'fault',
        reason: action.type,
        message: words.text.poweredOn,
      };
    case 'apply':
    case 'delete': {
      const lines = action.manifest.split('\n', 10_000).length;
      return {
        ...base,
        ...nothing,
        source: 'input',
        reason: action.type,
        message: words.text.manifest(action.type, lines),
      };
    }
    case 'request':
      return { ...base, ...nothing, source: 'input', reason: 'request', message: `${action.method} ${action.path}` };
    case 'shell':
      return { ...base, ...nothing, source: 'input', reason: 'shell', message: `$ ${action.line}` };
    case 'etcdctl':
      return { ...base, ...nothing, source: 'input', reason: 'etcdctl', message: `$ ${action.command}` };
    case 'file':
      return { ...base, ...nothing, source: 'input', reason: 'file', message: action.path };
    case 'remove-machine':
      return { ...base, ...onMachine(action.machine), source: 'input', reason: action.type, message: '' };
    case 'add-machine':
      return { ...base, ...nothing, source: 'input', reason: action.type, message: action.zone ?? '' };
    case 'traffic':
      return {
        ...base,
        ...nothing,
        source: 'input',
        reason: action.type,
        message: words.text.traffic(action.requestsPerSecond),
      };
    case 'configure-scheduler':
      return { ...base, ...nothing, source: 'input', reason: action.type, message: '' };
    case 'shell-input':
    case 'stream-data':
    case 'cancel':
      return null;
  }
}
