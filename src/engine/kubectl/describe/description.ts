/**
 * What descriptions are made of: lines with tabs, labels, annotations, moments, events.
 *
 * @source kubernetes kubectl/pkg/describe/describe.go, kubectl/pkg/util/event/sorted_event_list.go
 */
import { byteOrder } from '#engine/api/json';
import { humanDuration } from '#engine/api/duration';
import { requirementsOf } from '#engine/api/label-selector';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Event, KubeObject, LabelSelector } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { type Call, want } from '../call/context';
import type { Doing } from '../call/effects';
import { DESCRIBED, tabulated } from '../output/tab-writer';

export const NONE = '<none>';
export const UNSET = '<unset>';

/** A description on its way. */
export class Description {
  readonly call: Call;
  readonly now: Micros;
  #text = '';

  constructor(call: Call, now: Micros) {
    this.call = call;
    this.now = now;
  }

  /** Text at a level of indentation, two blanks each. */
  write(level: number, text: string): void {
    this.#text += '  '.repeat(level) + text;
  }

  line(level: number, text: string): void {
    this.write(level, `${text}\n`);
  }

  /** `Name:` and its value. */
  field(name: string, value: unknown, level = 0): void {
    this.line(level, `${name}:\t${plain(value)}`);
  }

  labels(name: string, labels: Readonly<Record<string, string>> | undefined, level = 0): void {
    const keys = Object.keys(labels ?? {}).sort(byteOrder);
    if (keys.length === 0) return this.line(level, `${name}:\t${NONE}`);
    keys.forEach((key, index) =>
      this.line(index === 0 ? level : 0, `${index === 0 ? `${name}:` : ''}\t${key}=${labels![key]}`),
    );
  }

  annotations(name: string, annotations: Readonly<Record<string, string>> | undefined, level = 0): void {
    const keys = Object.keys(annotations ?? {})
      .filter((key) => key !== 'kubectl.kubernetes.io/last-applied-configuration')
      .sort(byteOrder);
    if (keys.length === 0) return this.line(level, `${name}:\t${NONE}`);
    keys.forEach((key, index) => {
      const value = annotations![key]!.replace(/\n$/, '');
      const head = index === 0 ? `${name}:` : '';
      if (value.length + key.length + 2 <= 140 && !value.includes('\n'))
        return this.line(level, `${head}\t${key}: ${value}`);
      this.line(level, `${head}\t${key}:`);
      for (const one of value.split('\n'))
        this.line(level, `\t  ${one.length > 140 - 2 ? `${one.slice(0, 138)}...` : one}`);
    });
  }

  /** Name, namespace and what else most kinds begin with. */
  head({ metadata }: KubeObject): void {
    this.field('Name', metadata.name);
    this.field('Namespace', metadata.namespace ?? '');
  }

  marks({ metadata }: KubeObject): void {
    this.labels('Labels', metadata.labels);
    this.annotations('Annotations', metadata.annotations);
  }

  /** With its tabs. */
  get raw(): string {
    return this.#text;
  }

  get text(): string {
    return tabulated(this.#text, DESCRIBED).replaceAll('\u001b', '^[').replaceAll('\r', '\\r');
  }
}

/** A value as Go's `%v`. */
export const plain = (value: unknown): string => {
  if (value === undefined || value === null) return '<nil>';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** `[a b c]`. */
export const goList = (items: readonly unknown[] | undefined): string => `[${(items ?? []).map(plain).join(' ')}]`;

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY: Micros = 86_400_000_000;

/** `Mon, 12 Jan 2026 10:15:02 +0000`. */
export function momentText(moment: string | null | undefined): string {
  if (!moment) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const [year = '', month = '', rest = ''] = moment.split('-');
  const days = Math.floor(parseTimestamp(moment) / DAY);
  const weekday = DAYS[((days % 7) + 7) % 7] ?? '';
  return `${weekday}, ${rest.slice(0, 2)} ${MONTHS[Number(month) - 1] ?? ''} ${year} ${rest.slice(3, 11)} +0000`;
}

/** How long ago. */
export const agoText = (moment: string | null | undefined, now: Micros): string =>
  moment ? humanDuration(now - parseTimestamp(moment)) : '<unknown>';

/** `k=v,k2=v2`. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort(byteOrder);
  return keys.length === 0 ? NONE : keys.map((key) => `${key}=${labels![key]}`).join(',');
}

/** A selector in the form of the command line. */
export function selectorText(selector: LabelSelector | null | undefined): string {
  const requirements = selector ? requirementsOf(selector) : [];
  if (requirements === undefined) return '<error>';
  if (requirements.length === 0) return NONE;
  return requirements
    .map(({ key, operator, values }) => {
      switch (operator) {
        case 'exists':
          return key;
        case '!':
          return `!${key}`;
        case 'in':
        case 'notin':
          return `${key} ${operator} (${values.join(',')})`;
        default:
          return `${key}${operator}${values[0] ?? ''}`;
      }
    })
    .join(',');
}

/** Who controls an object: `ReplicaSet/web-1`; null: nobody. */
export function controllerText({ metadata }: KubeObject): string | null {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner === undefined ? null : `${owner.kind}/${owner.name}`;
}

/** Events about an object, oldest last seen first. */
export function* eventsOf(call: Call, object: KubeObject, kind: string | null = object.kind): Doing<readonly Event[]> {
  const { name, namespace = '', uid, annotations } = object.metadata;
  const seen = annotations?.['kubernetes.io/config.mirror'] ?? uid;
  const fields = [
    `involvedObject.name=${name}`,
    ...(namespace === '' ? [] : [`involvedObject.namespace=${namespace}`]),
    ...(kind === null ? [] : [`involvedObject.kind=${kind}`]),
    ...(seen === undefined ? [] : [`involvedObject.uid=${seen}`]),
  ];
  const path = namespace === '' ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`;
  const list = yield* want<{ readonly items: readonly Event[] }>(call, {
    method: 'GET',
    path,
    query: { fieldSelector: fields.join(','), limit: '500' },
  });
  return list.items;
}

export function* describeEvents(d: Description, object: KubeObject, kind: string | null = object.kind): Doing<void> {
  if (!d.call.flags.on('show-events', true)) return;
  eventsTable(d, yield* eventsOf(d.call, object, kind));
}

const lastOf = ({ lastTimestamp }: Event): number =>
  lastTimestamp ? parseTimestamp(lastTimestamp) : Number.NEGATIVE_INFINITY;

export function eventsTable(d: Description, events: readonly Event[]): void {
  if (events.length === 0) return d.line(0, `Events:\t${NONE}`);
  d.line(0, 'Events:');
  d.line(1, 'Type\tReason\tAge\tFrom\tMessage');
  d.line(1, '----\t------\t----\t----\t-------');
  for (const event of events.toSorted((a, b) => lastOf(a) - lastOf(b))) {
    const { type = '', reason = '', message = '', involvedObject, source, reportingComponent = '' } = event;
    const path = involvedObject.fieldPath ?? '';
    const text = `${path === '' ? '' : `${path}: `}${message.trim()}`;
    d.line(1, `${type}\t${reason}\t${eventAge(event, d.now)}\t${source?.component || reportingComponent}\t${text}`);
  }
}

/** `2m`, or `10s (x3 over 1m)`. */
export function eventAge({ series, count = 0, eventTime, firstTimestamp, lastTimestamp }: Event, now: Micros): string {
  const first = agoText(eventTime ?? firstTimestamp, now);
  if (series) return `${agoText(series.lastObservedTime, now)} (x${series.count} over ${first})`;
  return count > 1 ? `${agoText(lastTimestamp, now)} (x${count} over ${first})` : first;
}
