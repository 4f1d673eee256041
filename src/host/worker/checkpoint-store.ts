/** Runs kept in IndexedDB, one a starting cluster and seed. Without IndexedDB (private windows, full disks) nothing is kept. */
import { type IDBPDatabase, openDB } from 'idb';
import type { Checkpoints, StoredRun } from './engine-host';

const DATABASE = 'kubarium';
const STORE = 'runs';
const VERSION = 1;

const keyOf = (seed: number, scenario: string): string => `${scenario}#${seed}`;

export function checkpointStore(): Checkpoints {
  let opened: Promise<IDBPDatabase> | null = null;
  const open = (): Promise<IDBPDatabase> =>
    (opened ??= openDB(DATABASE, VERSION, { upgrade: (database) => void database.createObjectStore(STORE) }));
  let storing: Promise<void> = Promise.resolve();
  let next: StoredRun | null = null;

  const flush = async (): Promise<void> => {
    const run = next;
    next = null;
    if (run === null) return;
    try {
      await (await open()).put(STORE, run, keyOf(run.seed, run.scenario));
    } catch {
      // No room or no database: the run itself is not worse for it, only a reload starts anew.
    }
  };

  return {
    async load(seed, scenario) {
      try {
        return ((await (await open()).get(STORE, keyOf(seed, scenario))) as StoredRun | undefined) ?? null;
      } catch {
        return null;
      }
    },
    /** Of several checkpoints that come while one is written only the last is kept. */
    store(run) {
      next = run;
      storing = storing.then(flush);
      return storing;
    },
  };
}
