/** `fault:` of a step: a fault of the engine's (DESIGN 7) with durations written as such. */
import { quantityError, quantityValue } from '#engine/api/quantity';
import type { Fault, FaultType } from '#engine/cluster/records';
import type { Reader } from './reader';
import type { Place } from './yaml-source';

type FieldReader = (reader: Reader, at: Place, value: unknown) => unknown;

type Readers = Readonly<Record<string, FieldReader>>;

interface FaultFields {
  readonly required: Readers;
  readonly optional?: Readers;
  /** What it can be brought on: the first of which a field is given, else the first. */
  readonly on?: readonly { readonly required: Readers; readonly optional?: Readers }[];
}

const text: FieldReader = (reader, at, value) => reader.text(at, value);
const texts: FieldReader = (reader, at, value) => {
  const list = reader.list(at, value)?.map((item, index) => reader.text([...at, index], item));
  if (list === undefined || list.includes(null)) return null;
  return list.length === 0 ? reader.problem(at, 'must not be empty') : list;
};
const rate: FieldReader = (reader, at, value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : reader.problem(at, 'must be a number from 0 to 1');
const times: FieldReader = (reader, at, value) =>
  typeof value === 'number' && value >= 1 && Number.isFinite(value)
    ? value
    : reader.problem(at, 'must be a number from 1');
const workers: FieldReader = (reader, at, value) => reader.integer(at, value, 1, 10_000);
const span: FieldReader = (reader, at, value) => reader.span(at, value);
const bytes: FieldReader = (reader, at, value) => {
  const given = typeof value === 'number' ? value : reader.text(at, value);
  if (given === null) return null;
  const error = quantityError(given);
  return error === undefined && quantityValue(given) >= 0
    ? quantityValue(given)
    : reader.problem(at, `${JSON.stringify(given)} is no amount of memory; write 50Mi`);
};
const etcdFile: FieldReader = (reader, at, value) => reader.oneOf(at, value, ['wal', 'snap']);
const direction: FieldReader = (reader, at, value) => reader.oneOf(at, value, ['in', 'out', 'both']);
const process: FieldReader = (reader, at, value) => {
  const id = reader.text(at, value);
  if (id === null || /^[^/]+\/[^/]+$/.test(id)) return id;
  return reader.problem(at, `"${id}" is no process; write MACHINE/NAME, e.g. node-1/kubelet`);
};

const onProcess = [
  { required: { process } },
  { required: { pod: text }, optional: { namespace: text, container: text } },
];
const onWays = [
  { required: { machine: text } },
  { required: { zone: text } },
  { required: { from: texts, to: texts } },
];

const FAULTS: Readonly<Record<FaultType, FaultFields>> = {
  'power-off': { required: { machine: text } },
  reboot: { required: { machine: text } },
  'kill-process': { required: {}, on: onProcess },
  'pause-process': { required: {}, on: onProcess },
  'cut-cable': { required: { machine: text }, optional: { direction } },
  partition: {
    required: { from: texts, to: texts },
    optional: { oneWay: (reader, at, value) => reader.boolean(at, value) },
  },
  latency: { required: { add: span }, on: onWays },
  'packet-loss': { required: { rate }, on: onWays },
  'clock-skew': { required: { machine: text, by: (reader, at, value) => reader.duration(at, value) } },
  'disk-full': { required: { machine: text } },
  'disk-slow': { required: { machine: text, times } },
  'disk-corrupt': { required: { machine: text }, optional: { file: etcdFile } },
  'etcd-wipe': { required: { machine: text } },
  'memory-pressure': { required: { machine: text }, optional: { leaves: bytes } },
  'cpu-stress': { required: { machine: text }, optional: { workers } },
  'spot-reclaim': { required: { machine: text }, optional: { notice: span } },
  'image-registry-down': { required: {} },
  'dns-down': { required: {} },
  'rack-outage': { required: { rack: text } },
  'zone-outage': { required: { zone: text } },
};

/** A fault and, where the file gives one, its id; `power-on` is no fault but ends one. */
export type ReadFault =
  | { readonly type: 'fault'; readonly id: string | null; readonly fault: Fault }
  | { readonly type: 'power-on'; readonly machine: string };

export function readFault(reader: Reader, at: Place, value: unknown): ReadFault | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return reader.problem(at, 'must be a map with a type, e.g. { type: power-off, machine: node-1 }');
  }
  const { type: given } = value as { readonly type?: unknown };
  if (given === undefined) return reader.problem(at, 'has no type, e.g. { type: power-off, machine: node-1 }');
  const type = reader.oneOf([...at, 'type'], given, [...(Object.keys(FAULTS) as FaultType[]), 'power-on' as const]);
  if (type === null) return null;
  const known = type === 'power-on' ? FAULTS['power-off'] : FAULTS[type];
  const on = known.on?.find((one) => Object.keys({ ...one.required, ...one.optional }).some((name) => name in value));
  const target = on ?? known.on?.[0];
  const required = { ...target?.required, ...known.required };
  const optional = { ...target?.optional, ...known.optional };
  const all = { ...required, ...optional };
  const fields = reader.fields(at, value, ['type', 'id', ...Object.keys(all)]);
  if (fields === null) return null;
  const fault: Record<string, unknown> = { type };
  let complete = true;
  for (const [name, read] of Object.entries(all)) {
    if (fields[name] === undefined) {
      if (name in required) {
        reader.problem(at, `a ${type} needs "${name}"`);
        complete = false;
      }
      continue;
    }
    fault[name] = read(reader, [...at, name], fields[name]);
    if (fault[name] === null) complete = false;
  }
  const id = fields['id'] === undefined ? null : reader.text([...at, 'id'], fields['id']);
  if (!complete) return null;
  return type === 'power-on'
    ? { type, machine: fault['machine'] as string }
    : { type: 'fault', id, fault: fault as unknown as Fault };
}
