/** Requests that are answered behind the API server. What is done with them (`streams.ts`) comes late: at first there are none. */
import { LateCode } from '#engine/late/late-code';
import type { ApiServerState, ProxiedStreams } from './state';
import type * as streams from './streams';

export const noProxied = (): ProxiedStreams => ({ open: new Map(), next: 0, watched: false });

/** `late-answers.ts` fills it. */
export const lateStreams = new LateCode<typeof streams>('streams behind the API server');

/** What looks after the open streams; null while there are none. */
export const streamsIn = ({ proxied }: ApiServerState): typeof streams | null =>
  proxied.open.size === 0 ? null : lateStreams.code;
