/** What each command asks of whom, and what it makes of the answers. */
import type { Disk, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { idText } from '../members';
import { type EtcdAnswer, type EtcdRequest, type Member, prefixEnd, type RangeOp } from '../wire';
import type { CommandLine } from './command';
import {
  clientUrl,
  endpointHealth,
  endpointStatus,
  joinHints,
  keyValues,
  memberChanged,
  memberList,
  processAt,
  snapshotStatus,
  type Status,
  versionText,
} from './print';
import { bumped, hashOf, readSnapshot } from './snapshot-file';

/** A request under way: whom it was sent to, and whom it will be sent to if nobody listens there. */
export interface Asked {
  readonly process: ProcessId;
  readonly others: readonly ProcessId[];
  readonly request: EtcdRequest;
  readonly since: Micros;
}

export interface Result {
  readonly process: ProcessId;
  readonly answer: EtcdAnswer | null;
  /** Empty when all went well. */
  readonly error: string;
  /** Milliseconds. */
  readonly took: number;
}

/** What a command knows when it asks, and when all have answered. */
interface Going {
  readonly line: CommandLine;
  readonly endpoints: readonly ProcessId[];
  readonly group: { readonly cluster: number; readonly members: readonly Member[] } | null;
  readonly results: readonly Result[];
}

export interface Wanted {
  /** The first one that listens is asked. */
  readonly targets: readonly ProcessId[];
  readonly request: EtcdRequest;
}

export const failure = ({ process, since }: Asked, error: string, now: Micros): Result => ({
  process,
  answer: null,
  error,
  took: (now - since) / 1000,
});

/** The error in an answer, or nothing. */
export const textOf = (answer: EtcdAnswer): string => (answer.type === 'etcd/error' ? answer.error : '');

/** Whether a command must first ask who the members are. */
export const needsMembers = ({ verb, flags }: CommandLine): boolean =>
  flags['cluster'] === 'true' ||
  ['member remove', 'member promote', 'member update', 'move-leader', 'alarm disarm', 'alarm list'].includes(verb);

/** What to ask now. None: nobody has to be asked. A text: what is wrong with the command. */
export function requestsOf({ line, endpoints, group }: Going, disk: Disk): readonly Wanted[] | string {
  const { verb, args, flags } = line;
  const one = (request: EtcdRequest): Wanted[] => [{ targets: endpoints, request }];
  const all = (request: EtcdRequest): Wanted[] => {
    const targets = flags['cluster'] === 'true' ? (group?.members ?? []).map(({ process }) => process) : endpoints;
    return targets.map((process) => ({ targets: [process], request }));
  };
  switch (verb) {
    case 'version':
    case 'snapshot status':
      return verb === 'version' || readSnapshot(disk, args[0] ?? '') !== undefined ? [] : noFile(args[0]);
    case 'get': {
      if (args.length === 0)
        return 'Error: get command needs one argument as key and an optional argument as range_end';
      return one({ type: 'etcd/range', id: 0, range: rangeOf(line), serializable: flags['consistency'] === 's' });
    }
    case 'put': {
      const [key, value] = args;
      if (key === undefined || value === undefined)
        return 'Error: put command needs 1 argument and input from stdin or 2 arguments';
      const lease = parseInt(flags['lease'] ?? '0', 16);
      const op = { op: 'put', key, value, bytes: value.length, lease } as const;
      return one({ type: 'etcd/txn', id: 0, compare: [], success: [op], failure: [] });
    }
    case 'del': {
      if (args.length === 0)
        return 'Error: del command needs one argument as key and an optional argument as range_end';
      const { key, rangeEnd } = rangeOf(line);
      const op = { op: 'delete-range', key, ...(rangeEnd === undefined ? {} : { rangeEnd }) } as const;
      return one({ type: 'etcd/txn', id: 0, compare: [], success: [op], failure: [] });
    }
    case 'watch': {
      if (args.length === 0) return 'Error: watch command needs 1 argument as key or an optional argument as range_end';
      const { key, rangeEnd } = rangeOf(line);
      const range = rangeEnd === undefined ? { key } : { key, rangeEnd };
      return one({ type: 'etcd/watch-create', id: 0, range, startRevision: Number(flags['rev'] ?? 0) });
    }
    case 'compact': {
      const revision = Number(args[0]);
      if (!Number.isInteger(revision) || args[0] === undefined) return 'Error: compaction command needs 1 argument';
      return one({ type: 'etcd/compact', id: 0, revision });
    }
    case 'defrag':
      return all({ type: 'etcd/defragment', id: 0 });
    case 'endpoint status':
      return all({ type: 'etcd/status', id: 0 });
    case 'endpoint health':
      return all({ type: 'etcd/range', id: 0, range: { op: 'range', key: 'health' } });
    case 'member list':
      return one({ type: 'etcd/member-list', id: 0, linearizable: flags['consistency'] !== 's' });
    case 'alarm list':
      return one({ type: 'etcd/alarm-list', id: 0 });
    case 'alarm disarm':
      return (group?.members ?? []).flatMap(({ id }) =>
        one({ type: 'etcd/alarm', id: 0, action: 'deactivate', member: id, alarm: 'NOSPACE' }),
      );
    case 'snapshot save':
      if (args[0] === undefined) return 'Error: snapshot save expects one argument';
      return one({ type: 'etcd/snapshot', id: 0, fromBackup: flags['from-backup'] === 'true' });
    case 'snapshot restore':
      return restoreRequests(line, endpoints, disk);
    case 'move-leader':
      return moveRequest(line, group, endpoints);
    default:
      return memberRequest(line, group, one);
  }
}

const noFile = (name = ''): string => `Error: stat ${name}: no such file or directory`;

function rangeOf({ args, flags }: CommandLine): RangeOp {
  const [key = '', end] = args;
  const rangeEnd = flags['prefix'] === 'true' ? prefixEnd(key) : flags['from-key'] === 'true' ? '\0' : end;
  return {
    op: 'range',
    key: key === '' && rangeEnd !== undefined ? '\0' : key,
    ...(rangeEnd === undefined ? {} : { rangeEnd }),
    limit: Number(flags['limit'] ?? 0),
    revision: Number(flags['rev'] ?? 0),
    countOnly: flags['count-only'] === 'true',
    keysOnly: flags['keys-only'] === 'true',
  };
}

type Group = Going['group'];

function memberOf(group: Group, id: string | undefined): Member | undefined {
  return group?.members.find((member) => idText(group.cluster, member.id) === id?.toLowerCase().padStart(16, '0'));
}

function memberRequest(line: CommandLine, group: Group, one: (request: EtcdRequest) => Wanted[]): Wanted[] | string {
  const { verb, args, flags } = line;
  const url = flags['peer-urls'];
  if (verb === 'member add') {
    if (args[0] === undefined) return 'Error: member name not provided';
    if (url === undefined) return 'Error: member peer urls not provided';
    const change = flags['learner'] === 'true' ? 'add-learner' : 'add';
    return one({ type: 'etcd/member-change', id: 0, change, member: 0, process: processAt(url) });
  }
  if (args[0] === undefined) return 'Error: member ID is not provided';
  const member = memberOf(group, args[0]);
  if (member === undefined) {
    const isHex = /^[0-9a-fA-F]{1,16}$/.test(args[0]);
    return isHex
      ? 'Error: etcdserver: member not found'
      : `Error: bad member ID arg (strconv.ParseUint: parsing "${args[0]}": invalid syntax), expecting ID in Hex`;
  }
  const change = verb === 'member remove' ? 'remove' : verb === 'member promote' ? 'promote' : 'update';
  const process = change === 'update' ? { process: processAt(url ?? '') } : {};
  return one({ type: 'etcd/member-change', id: 0, change, member: member.id, ...process });
}

/** The leader itself must be asked: every endpoint is, and only it can do it. */
function moveRequest({ args }: CommandLine, group: Group, endpoints: readonly ProcessId[]): Wanted[] | string {
  const target = memberOf(group, args[0]);
  if (target === undefined) return 'Error: etcdserver: member not found';
  return endpoints.map((process) => ({
    targets: [process],
    request: { type: 'etcd/move-leader', id: 0, target: target.id },
  }));
}

function restoreRequests({ args, flags }: CommandLine, endpoints: readonly ProcessId[], disk: Disk): Wanted[] | string {
  const saved = readSnapshot(disk, args[0] ?? '');
  if (saved === undefined) return noFile(args[0]);
  const initial = flags['initial-cluster'];
  const processes =
    initial === undefined ? endpoints : initial.split(',').map((part) => processAt(part.slice(part.indexOf('=') + 1)));
  const members = processes.map((process, at) => ({ member: at + 1, process }));
  const snapshot = bumped(saved, Number(flags['bump-revision'] ?? 0), flags['mark-compacted'] === 'true');
  const token = flags['initial-cluster-token'] ?? `restored-${hashOf(saved).toString(16)}`;
  return processes.map((process) => ({
    targets: [process],
    request: { type: 'etcd/restore', id: 0, snapshot, members, token },
  }));
}

/** What stands on stdout and stderr when all have answered. */
export function outcome(
  { line, group, results }: Going,
  disk: Disk,
): { readonly output: string; readonly error: string } {
  const { verb, args, flags, output } = line;
  const said = (text: string): { output: string; error: string } => ({ output: text, error: '' });
  const errors = results.filter(({ error }) => error !== '');
  if (verb === 'version') return said(versionText);
  if (verb === 'snapshot status') {
    const snapshot = readSnapshot(disk, args[0]!)!;
    return said(snapshotStatus(output, hashOf(snapshot), snapshot.revision, snapshot.kvs.length, snapshot.bytes));
  }
  if (verb === 'endpoint health') {
    const text = endpointHealth(output, results);
    return { output: text, error: errors.length > 0 ? 'Error: unhealthy cluster' : '' };
  }
  if (verb === 'endpoint status') {
    const statuses = results.flatMap(({ process, answer }): Status[] =>
      answer?.type === 'etcd/status-answer' ? [{ process, answer }] : [],
    );
    const failed = errors.map(
      ({ process, error }) => `Failed to get the status of endpoint ${clientUrl(process)} (${error})`,
    );
    return { output: endpointStatus(output, statuses), error: failed.join('\n') };
  }
  if (verb === 'defrag') {
    const done = results.flatMap(({ process, error, took }) =>
      error === '' ? [`Finished defragmenting etcd member[${clientUrl(process)}]. took ${took}ms`] : [],
    );
    const failed = errors.map(
      ({ process, error }) => `Failed to defragment etcd member[${clientUrl(process)}]. (${error})`,
    );
    return { output: done.join('\n'), error: failed.join('\n') };
  }
  if (verb === 'move-leader') {
    const moved = results.find(({ answer }) => answer?.type === 'etcd/done')?.answer;
    if (moved === undefined || moved === null || group === null)
      return { output: '', error: 'Error: no leader endpoint given at [endpoints]' };
    return said(`Leadership transferred from ${idText(group.cluster, moved.header.member)} to ${args[0]!}`);
  }
  const [first] = results;
  const answer = first?.answer ?? null;
  if (errors.length > 0 || answer === null) return { output: '', error: `Error: ${errors[0]?.error ?? 'no answer'}` };
  switch (answer.type) {
    case 'etcd/range-answer': {
      const { kvs, count } = answer.result;
      if (flags['count-only'] === 'true' && output === 'simple') return said(String(count));
      const keys = flags['print-value-only'] !== 'true';
      return said(keyValues(output, kvs, count, { keys, values: flags['keys-only'] !== 'true' }));
    }
    case 'etcd/txn-answer': {
      const [result] = answer.results;
      return said(result?.op === 'delete-range' ? String(result.deleted) : 'OK');
    }
    case 'etcd/compact-answer':
      return said(`compacted revision ${args[0]!}`);
    case 'etcd/members-answer':
      return said(membersText(line, answer));
    case 'etcd/alarms-answer':
      return said(
        answer.alarms
          .map(({ member, alarm }) => `memberID:${idText(group?.cluster ?? 0, member)} alarm:${alarm} `)
          .join('\n'),
      );
    case 'etcd/snapshot-answer':
      return said(`Snapshot saved at ${args[0]!}\nServer version 3.6.0`);
    case 'etcd/done':
      return said(
        verb === 'snapshot restore'
          ? `restored snapshot ${args[0]!} at ${results.map(({ process }) => clientUrl(process)).join(', ')}`
          : '',
      );
    default:
      return said('');
  }
}

function membersText(line: CommandLine, answer: Extract<EtcdAnswer, { type: 'etcd/members-answer' }>): string {
  const { cluster, member, members } = answer;
  const { verb, output, args } = line;
  if (verb === 'member list' || member === null) return memberList(output, cluster, members);
  if (verb === 'member add') {
    const name = args[0]!;
    return `${memberChanged(cluster, member, 'added to')}\n${joinHints(name, member, members)}`;
  }
  const words = { 'member remove': 'removed from', 'member promote': 'promoted in', 'member update': 'updated in' };
  return memberChanged(cluster, member, words[verb as keyof typeof words]);
}
