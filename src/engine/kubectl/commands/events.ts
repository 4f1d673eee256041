/** `kubectl events`. @source kubernetes kubectl/pkg/cmd/events/{events,event_printer}.go */
import { parseTimestamp } from '#engine/api/timestamp';
import type { Event } from '#engine/api/types';
import { failed, want } from '../call/context';
import { resourceFor } from '../call/discovery';
import { now } from '../call/effects';
import { flagsOf } from '../call/flags';
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
  flags: flagsOf(
    'all-namespaces,A:switch for types:list output,o template no-headers:switch chunk-size:number show-managed-fields:switch',
  ),
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
    const head = [...(everywhere ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
    const rows = chosen.map((event) => [
      ...(everywhere ? [event.metadata.namespace ?? ''] : []),
      eventAge(event, at),
      event.type ?? '',
      event.reason ?? '',
      `${event.involvedObject.kind}/${event.involvedObject.name}`,
      (event.message ?? '').trim(),
    ]);
    kubectl.out(rowsText([...(flags.on('no-headers') ? [] : [head]), ...rows], []));
    return 0;
  },
};
