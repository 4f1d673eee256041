/** `kubectl events`. @source kubernetes kubectl/pkg/cmd/events/{events,event_printer}.go */
import { parseTimestamp } from '#engine/api/timestamp';
import type { Event } from '#engine/api/types';
import { type Call, carried, failed, statusOf, want } from '../call/context';
import { resourceFor } from '../call/discovery';
import { type Doing, Failure, now, stream } from '../call/effects';
import { statusText } from '../call/errors';
import type { RequestSpec } from '#engine/client/client';
import type { Micros } from '#engine/kernel/time';
import { eventAge } from '../describe/description';
import { listOf, printerOf } from '../output/printing';
import { rowsText } from '../output/tab-writer';
import type { JsonObject } from '#engine/api/json';
import type { Command } from './command';

const momentOf = ({ series, lastTimestamp, eventTime }: Event): number => {
  const moment = series?.lastObservedTime ?? lastTimestamp ?? eventTime;
  return moment ? parseTimestamp(moment) : Number.NEGATIVE_INFINITY;
};

export const eventsCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const types = flags.list('types').map((type) => type.toLowerCase());
    if (types.some((type) => type !== 'normal' && type !== 'warning'))
      throw failed('valid --types are Normal or Warning');
    const everywhere = flags.on('all-namespaces');
    const about = flags.text('for');
    const query: Record<string, string> = { limit: '500' };
    let path = everywhere ? '/api/v1/events' : `/api/v1/namespaces/${call.namespace}/events`;
    if (about !== '') {
      const [type = '', name = ''] = about.split('/');
      if (name === '') throw failed('--for must be in resource/name form');
      const resource = yield* resourceFor(call, type);
      query['fieldSelector'] =
        `involvedObject.kind=${resource.kind},involvedObject.apiVersion=${resource.apiVersion},involvedObject.name=${name}`;
      if (!resource.namespaced) path = `/api/v1/namespaces/${call.namespace}/events`;
    }
    if (flags.on('watch')) {
      delete query['limit'];
      return yield* watchEvents(call, { method: 'GET', path, query: { ...query, watch: 'true' } }, types);
    }
    const { items } = yield* want<{ readonly items: readonly Event[] }>(call, { method: 'GET', path, query });
    const chosen = items
      .filter(({ type = '' }) => types.length === 0 || types.includes(type.toLowerCase()))
      .toSorted((a, b) => momentOf(a) - momentOf(b));
    const printer = yield* printerOf(flags);
    if (printer !== null) {
      kubectl.out(printer.prints(listOf(chosen as unknown as readonly JsonObject[])));
      return 0;
    }
    if (chosen.length === 0) {
      kubectl.err(everywhere ? 'No events found.\n' : `No events found in ${call.namespace} namespace.\n`);
      return 0;
    }
    const at = yield* now();
    const rows = chosen.map((event) => rowOf(call, event, at));
    kubectl.out(rowsText([...(flags.on('no-headers') ? [] : [headOf(call)]), ...rows], []));
    return 0;
  },
};

const headOf = ({ flags }: Call): readonly string[] => [
  ...(flags.on('all-namespaces') ? ['NAMESPACE'] : []),
  'LAST SEEN',
  'TYPE',
  'REASON',
  'OBJECT',
  'MESSAGE',
];

const rowOf = ({ flags }: Call, event: Event, at: Micros): readonly string[] => [
  ...(flags.on('all-namespaces') ? [event.metadata.namespace ?? ''] : []),
  eventAge(event, at),
  event.type ?? '',
  event.reason ?? '',
  `${event.involvedObject.kind}/${event.involvedObject.name}`,
  (event.message ?? '').trim(),
];

/** Events as they come, those first that are there; what is deleted after its hour is not told. */
function* watchEvents(call: Call, spec: RequestSpec, types: readonly string[]): Doing<number> {
  const { flags } = call;
  const printer = yield* printerOf(flags);
  const widths: number[] = [];
  const state = { failure: '', begun: flags.on('no-headers') };
  const seen = yield* stream(carried(call, spec), state, (memory, event, doing) => {
    if (event.type !== 'said') return false;
    const { message } = event;
    if (message.type === 'api/response') {
      if (message.streaming === true) return false;
      memory.failure = statusText(statusOf({ ok: false, code: message.code, body: message.body, warnings: [] }));
    }
    if (message.type !== 'api/watch-events')
      return message.type === 'api/response' || message.type === 'api/watch-closed';
    for (const { type, object } of message.events) {
      const one = object as unknown as Event;
      if (type !== 'ADDED' && type !== 'MODIFIED') continue;
      if (types.length > 0 && !types.includes((one.type ?? '').toLowerCase())) continue;
      if (printer !== null) doing.out(printer.prints(one as unknown as JsonObject));
      else doing.out(rowsText([...(memory.begun ? [] : [headOf(call)]), rowOf(call, one, doing.now)], widths));
      memory.begun = true;
    }
    return false;
  });
  if (seen.failure !== '') throw new Failure(seen.failure);
  return 0;
}
