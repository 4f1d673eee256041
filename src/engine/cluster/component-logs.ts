/**
 * How lines of the control plane's components stand in their containers' logs: etcd's as zap writes them, the others' as klog
 * does. A component says `I leaderelection.go:257] …` or, etcd, a message with its fields in JSON.
 *
 * @source k8s.io/klog klog.go (formatHeader), etcd client/pkg/logutil/zap.go
 */
import { microTimestamp } from '#engine/api/timestamp';
import type { Micros } from '#engine/kernel/time';

/** What etcd warns of; the rest informs. */
const WARNS = /failed|inactive|lost leader|slow|mismatch|removed|error|cannot/;
const OF_RAFT = /^(raft\.node: )?[0-9a-f]{16} /;

export function zapLine(line: string, now: Micros): string {
  const at = line.indexOf(' {');
  const message = at < 0 ? line : line.slice(0, at);
  const head = { level: WARNS.test(message) ? 'warn' : 'info', ts: microTimestamp(now) };
  const logger = OF_RAFT.test(message) ? { logger: 'raft' } : null;
  const fields = at < 0 ? '' : `,${line.slice(at + 2, -1)}`;
  return `${JSON.stringify({ ...head, ...logger, msg: message }).slice(0, -1)}${fields}}`;
}

/** `I0101 00:00:05.000000       1 leaderelection.go:257] …`; events of the audit log, which are JSON, as they are. */
export function klogLine(line: string, now: Micros): string {
  if (line.startsWith('{')) return line;
  const time = microTimestamp(now);
  return `${line.charAt(0)}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, -1)}       1 ${line.slice(2)}`;
}
