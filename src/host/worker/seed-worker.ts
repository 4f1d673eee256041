/** A worker that plays one seed after the other until a law is broken. */
import { apiModels } from '#engine/api/openapi/models';
import '#engine/cluster/late-code';
import { trial } from '#engine/cluster/laws/trial';
import type { SearchNews, SearchOptions } from './find-seed';

declare const self: DedicatedWorkerGlobalScope;

const MOST_SEEDS = 1000;
/** Virtual µs. Nothing is waited for longer than a pod is mourned, and then some. */
const AT_LEAST = 15 * 60_000_000;
const AFTER = 5 * 60_000_000;

const tell = (news: SearchNews): void => self.postMessage(news);

async function search({ recording, faults }: SearchOptions): Promise<void> {
  const { cluster, inputs, until } = recording;
  try {
    const { models } = await import('./api-models');
    apiModels.provide(models);
    for (let seed = 1; seed <= MOST_SEEDS; seed++) {
      tell({ type: 'searching', seed });
      const found = trial({ seed, cluster, inputs, faults, until: Math.max(AT_LEAST, until + AFTER) });
      if (found !== null) return tell({ type: 'found', seed, ...found });
    }
    tell({ type: 'none', seeds: MOST_SEEDS });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

self.addEventListener('message', ({ data }: MessageEvent<SearchOptions>) => void search(data));
