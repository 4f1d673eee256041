/** The page's end of the search for a seed: a worker of its own, which is thrown away when it is over. */
import type { Recording } from '#engine/cluster/door';
import type { Sighting } from '#engine/cluster/laws/trial';

export interface SearchOptions {
  /** Of what was done, and on which cluster. */
  readonly recording: Recording;
  readonly faults: boolean;
}

export type SearchNews =
  | { readonly type: 'searching'; readonly seed: number }
  | ({ readonly type: 'found'; readonly seed: number } & Sighting)
  | { readonly type: 'none'; readonly seeds: number }
  | { readonly type: 'failed'; readonly message: string };

export interface SeedSearch {
  stop(): void;
}

export function findSeed(options: SearchOptions, hear: (news: SearchNews) => void): SeedSearch {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { type: 'module', name: 'kubarium-seeds' });
  worker.addEventListener('message', ({ data }: MessageEvent<SearchNews>) => hear(data));
  worker.addEventListener('error', ({ message }) => hear({ type: 'failed', message }));
  worker.postMessage(options);
  return { stop: () => worker.terminate() };
}
