/** Objects as they change, until something holds. */
import type { KubeObject } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { type Call, carried, want } from './context';
import { pathOf, type Resource } from './discovery';
import { type Doing, type StreamDoing, type StreamEvent, stream } from './effects';

export type Seen = 'ADDED' | 'MODIFIED' | 'DELETED';
export type Ended = 'held' | 'late';

/** What is remembered between two events: plain data. */
interface Memory<State> {
  readonly own: State;
  held: boolean;
  late: boolean;
}

/**
 * Looks at one object, then at each of its changes. `look` gets null when there is none at first.
 *
 * @returns whether `look` has said that it holds, or time was over
 */
export function* watchObject<State extends object>(
  call: Call,
  { resource, namespace, name }: { readonly resource: Resource; readonly namespace: string; readonly name: string },
  own: State,
  look: (state: State, type: Seen, object: KubeObject | null, doing: Pick<StreamDoing, 'out' | 'err'>) => boolean,
  within?: Micros,
): Doing<Ended> {
  const path = pathOf(resource, namespace);
  const fieldSelector = `metadata.name=${name}`;
  for (;;) {
    const list = yield* want<{
      readonly items: readonly KubeObject[];
      readonly metadata: { readonly resourceVersion?: string };
    }>(call, {
      method: 'GET',
      path,
      query: { fieldSelector },
    });
    if (look(own, 'ADDED', list.items[0] ?? null, call.kubectl)) return 'held';
    if (within !== undefined && within <= 0) return 'late';
    const query = { fieldSelector, watch: 'true', resourceVersion: list.metadata.resourceVersion ?? '' };
    const memory: Memory<State> = { own, held: false, late: false };
    const seen = yield* stream(
      carried(call, { method: 'GET', path, query }),
      memory,
      (state, event, doing) => take(state, event, doing, look),
      { within },
    );
    if (seen.held) return 'held';
    if (seen.late) return 'late';
    Object.assign(own, seen.own);
  }
}

function take<State extends object>(
  memory: Memory<State>,
  event: StreamEvent,
  doing: StreamDoing,
  look: (state: State, type: Seen, object: KubeObject | null, doing: StreamDoing) => boolean,
): boolean {
  if (event.type === 'timeout') memory.late = true;
  if (event.type !== 'said') return memory.late;
  const { message } = event;
  if (message.type === 'api/watch-events')
    for (const { type, object } of message.events) {
      if (type === 'BOOKMARK' || type === 'ERROR') continue;
      memory.held ||= look(memory.own, type, object as KubeObject, doing);
    }
  return (
    memory.held ||
    message.type === 'api/watch-closed' ||
    (message.type === 'api/response' && message.streaming !== true)
  );
}
