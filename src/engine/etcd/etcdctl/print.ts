/**
 * What etcdctl prints. URLs carry the names of machines.
 *
 * @source etcd etcdctl/ctlv3/command/printer.go, printer_simple.go, printer_table.go, github.com/dustin/go-humanize
 */
import type { ProcessId } from '#engine/kernel/process';
import { clusterText, idText } from '../members';
import type { KeyValue, Member, StatusAnswer } from '../wire';
import type { Output } from './command';

/** @source kubernetes cmd/kubeadm/app/constants (DefaultEtcdVersion of 1.35) */
const VERSION = '3.6.6';

const hostOf = (process: ProcessId): string => process.slice(0, process.indexOf('/'));
export const clientUrl = (process: ProcessId): string => `https://${hostOf(process)}:2379`;
export const peerUrl = (process: ProcessId): string => `https://${hostOf(process)}:2380`;

/** The process behind a URL or a bare `HOST:PORT`. */
export const processAt = (url: string): ProcessId => `${url.replace(/^https?:\/\//, '').replace(/:\d+$/, '')}/etcd`;

/** Bytes as go-humanize writes them: steps of 1000, one digit behind the point below 10. */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < 4) {
    value /= 1000;
    unit++;
  }
  value = Math.floor(value * 10 + 0.5) / 10;
  // Go rounds halves to even.
  const whole = value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value);
  return `${value < 10 ? value.toFixed(1) : whole} ${['B', 'kB', 'MB', 'GB', 'TB'][unit]}`;
}

/** A table as tablewriter draws it: headers centred and in capitals, numbers and words that are not text to the right. */
function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headers.map((header, at) => Math.max(header.length, ...rows.map((row) => row[at]!.length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (cells: readonly string[], place: (cell: string, width: number) => string): string =>
    `|${cells.map((cell, at) => ` ${place(cell, widths[at]!)} `).join('|')}|`;
  const centre = (cell: string, width: number): string =>
    cell.padStart(cell.length + Math.floor((width - cell.length) / 2)).padEnd(width);
  return [
    rule,
    line(
      headers.map((header) => header.toUpperCase()),
      centre,
    ),
    rule,
    ...rows.map((row) => line(row, (cell, width) => cell.padStart(width))),
    rule,
  ].join('\n');
}

function rowsAs(
  output: Output,
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  value: unknown,
): string {
  if (output === 'json') return JSON.stringify(value);
  return output === 'table' ? table(headers, rows) : rows.map((row) => row.join(', ')).join('\n');
}

export function memberList(output: Output, cluster: number, members: readonly Member[]): string {
  const headers = ['ID', 'Status', 'Name', 'Peer Addrs', 'Client Addrs', 'Is Learner'];
  const rows = members.map(({ id, name, process, learner }) => [
    idText(cluster, id),
    name === '' ? 'unstarted' : 'started',
    name,
    peerUrl(process),
    name === '' ? '' : clientUrl(process),
    String(learner),
  ]);
  const value = members.map(({ id, name, process, learner }) => ({
    ID: idText(cluster, id),
    ...(name === '' ? {} : { name }),
    peerURLs: [peerUrl(process)],
    ...(name === '' ? {} : { clientURLs: [clientUrl(process)] }),
    ...(learner ? { isLearner: true } : {}),
  }));
  return rowsAs(output, headers, rows, { header: { cluster_id: clusterText(cluster) }, members: value });
}

export function memberChanged(cluster: number, member: Member, what: string): string {
  return `Member ${idText(cluster, member.id)} ${what} cluster ${clusterText(cluster)}`;
}

/** What the new member is to be started with. */
export function joinHints(name: string, added: Member, members: readonly Member[]): string {
  const cluster = members.map((member) => `${member.id === added.id ? name : member.name}=${peerUrl(member.process)}`);
  return [
    '',
    `ETCD_NAME="${name}"`,
    `ETCD_INITIAL_CLUSTER="${cluster.join(',')}"`,
    `ETCD_INITIAL_ADVERTISE_PEER_URLS="${peerUrl(added.process)}"`,
    'ETCD_INITIAL_CLUSTER_STATE="existing"',
  ].join('\n');
}

export interface Status {
  readonly process: ProcessId;
  readonly answer: StatusAnswer;
}

export function endpointStatus(output: Output, statuses: readonly Status[]): string {
  const headers = [
    ...['endpoint', 'ID', 'version', 'storage version', 'db size', 'in use', 'percentage not in use', 'quota'],
    ...['is leader', 'is learner', 'raft term', 'raft index', 'raft applied index', 'errors'],
    ...['downgrade target version', 'downgrade enabled'],
  ];
  const rows = statuses.map(({ process, answer }) => [
    clientUrl(process),
    idText(answer.cluster, answer.header.member),
    VERSION,
    '3.6.0',
    humanBytes(answer.dbBytes),
    humanBytes(answer.dbBytesInUse),
    `${100 - Math.floor((answer.dbBytesInUse * 100) / answer.dbBytes)}%`,
    humanBytes(answer.quotaBytes),
    String(answer.leader === answer.header.member),
    String(answer.learner),
    String(answer.header.term),
    String(answer.raftIndex),
    String(answer.appliedIndex),
    answer.errors.join(', '),
    '',
    'false',
  ]);
  const value = statuses.map(({ process, answer }) => ({
    Endpoint: clientUrl(process),
    Status: {
      header: {
        cluster_id: clusterText(answer.cluster),
        member_id: idText(answer.cluster, answer.header.member),
        revision: answer.header.revision,
        raft_term: answer.header.term,
      },
      version: VERSION,
      dbSize: answer.dbBytes,
      leader: answer.leader === 0 ? 0 : idText(answer.cluster, answer.leader),
      raftIndex: answer.raftIndex,
      raftTerm: answer.header.term,
      raftAppliedIndex: answer.appliedIndex,
      ...(answer.errors.length > 0 ? { errors: answer.errors } : {}),
      dbSizeInUse: answer.dbBytesInUse,
      storageVersion: '3.6.0',
      dbSizeQuota: answer.quotaBytes,
    },
  }));
  return rowsAs(output, headers, rows, value);
}

export interface Health {
  readonly process: ProcessId;
  /** Milliseconds that the answer took. */
  readonly took: number;
  readonly error: string;
}

export function endpointHealth(output: Output, healths: readonly Health[]): string {
  if (output === 'simple') {
    return healths
      .map(({ process, took, error }) =>
        error === ''
          ? `${clientUrl(process)} is healthy: successfully committed proposal: took = ${took}ms`
          : `${clientUrl(process)} is unhealthy: failed to commit proposal: ${error}`,
      )
      .join('\n');
  }
  const rows = healths.map(({ process, took, error }) => [
    clientUrl(process),
    String(error === ''),
    `${took}ms`,
    error,
  ]);
  const value = healths.map(({ process, took, error }) => ({
    endpoint: clientUrl(process),
    health: error === '',
    took: `${took}ms`,
    ...(error === '' ? {} : { error }),
  }));
  return rowsAs(output, ['endpoint', 'health', 'took', 'error'], rows, value);
}

/** Values that are no text are shown as JSON. */
export const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export function keyValues(
  output: Output,
  kvs: readonly KeyValue[],
  count: number,
  show: { readonly keys: boolean; readonly values: boolean },
): string {
  if (output === 'json') {
    const all = kvs.map((kv) => ({
      key: kv.key,
      create_revision: kv.createRevision,
      mod_revision: kv.modRevision,
      version: kv.version,
      value: valueText(kv.value),
      ...(kv.lease === 0 ? {} : { lease: kv.lease }),
    }));
    return JSON.stringify({ kvs: all, count });
  }
  return kvs
    .flatMap((kv) => [...(show.keys ? [kv.key] : []), ...(show.values ? [valueText(kv.value)] : [''])])
    .join('\n');
}

export function snapshotStatus(output: Output, hash: number, revision: number, keys: number, bytes: number): string {
  const row = [hash.toString(16), String(revision), String(keys), humanBytes(bytes), '3.6.0'];
  return rowsAs(output, ['hash', 'revision', 'total keys', 'total size', 'storage version'], [row], {
    hash,
    revision,
    totalKey: keys,
    totalSize: bytes,
    version: '3.6.0',
  });
}

export const versionText = `etcdctl version: ${VERSION}\nAPI version: 3.6`;
