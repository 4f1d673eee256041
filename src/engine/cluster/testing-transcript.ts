/** A run as text, for golden transcripts: one line for each thing worth reading, in the words of kubectl and the Event log. */
import type { Micros } from '#engine/kernel/time';
import { SECOND } from '#engine/kernel/time';
import type { Frame } from './door';
import type { MachineRecord, NodeRecord, ObjectRecord } from './records';

/** What was known before a frame. */
export interface Known {
  readonly records: ReadonlyMap<string, ObjectRecord>;
  readonly machines: ReadonlyMap<string, MachineRecord>;
}

/** Virtual time as `00:01:17.2`, cut to tenths of a second. */
export function clock(at: Micros): string {
  const tenths = Math.floor(at / (SECOND / 10));
  const seconds = Math.floor(tenths / 10);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${tenths % 10}`;
}

/** Lines for all that a frame changes. */
export function transcriptLines(frame: Frame, known: Known): string[] {
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(`${clock(frame.now)} ${text}`);

  for (const machine of frame.machines) {
    const before = known.machines.get(machine.name);
    for (const text of machineTexts(machine))
      if (before === undefined || !machineTexts(before).includes(text)) add(text);
  }
  for (const name of frame.machinesGone) add(`machine/${name} taken away`);
  for (const record of frame.set) {
    const before = known.records.get(record.uid);
    for (const text of objectTexts(record)) if (before === undefined || !objectTexts(before).includes(text)) add(text);
  }
  for (const uid of frame.gone) {
    const record = known.records.get(uid);
    if (record !== undefined && SHOWN_WHEN_GONE.has(record.kind)) add(`${nameOf(record)} gone`);
  }
  for (const { ok, error, output } of frame.answers) {
    for (const line of (ok ? output : error).trimEnd().split('\n')) if (line !== '') add(`< ${line}`);
  }
  return lines;
}

const SHOWN_WHEN_GONE = new Set(['Pod', 'Node', 'Deployment', 'ReplicaSet', 'Service', 'Namespace']);

const nameOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string =>
  `${kind.toLowerCase()}/${namespace === '' || namespace === 'default' ? '' : `${namespace}/`}${name}`;

/** What machines really do: power, cable, processes that do not run, containers. */
function machineTexts(machine: MachineRecord): string[] {
  const { name, power, cable, processes, sandboxes } = machine;
  const texts = [`machine/${name} power ${power}`];
  if (!cable.in || !cable.out) texts.push(`machine/${name} cable carries in ${cable.in}, out ${cable.out}`);
  if (power !== 'on') return texts;
  for (const process of processes) texts.push(`process/${process.id} ${process.state}`);
  return [...texts, `machine/${name} has ${sandboxes.length} sandboxes`];
}

function objectTexts(record: ObjectRecord): string[] {
  const name = nameOf(record);
  switch (record.kind) {
    case 'Event': {
      const { type, reason, message, regarding, count } = record;
      return [`${type} ${reason} ${nameOf(regarding)} ${message}${count > 1 ? ` (x${count})` : ''}`];
    }
    case 'Node':
      return [`${name} Ready=${record.ready}`, `${name} taints ${taintsText(record)}`];
    case 'Pod':
      return [
        `${name} ${record.status}${record.node === null ? '' : ` on ${record.node}`}`,
        `${name} ${record.ready ? 'ready' : 'not ready'}`,
      ];
    case 'Service':
      return [`${name} endpoints ${record.readyEndpoints} ready of ${record.endpoints}`];
    case 'Deployment':
      return [
        `${name} ${record.ready}/${record.desired} ready, ${record.updated} up to date, ${record.available} available`,
        ...record.conditions.map(({ type, status, reason }) => `${name} ${type}=${status} ${reason}`),
      ];
    case 'Namespace':
      return record.deletionAt === null ? [] : [`${name} Terminating`];
    default:
      return [];
  }
}

const taintsText = ({ taints }: NodeRecord): string =>
  taints.length === 0 ? 'none' : taints.map(({ key, effect }) => `${key}:${effect}`).join(', ');
