/** Runs kept in IndexedDB, one a starting cluster and seed. Without IndexedDB (private windows, full disks) nothing is kept. */
import type { Checkpoints, StoredRun } from './engine-host';

const DATABASE = 'kubarium';
const STORE = 'runs';
const VERSION = 1;

const keyOf = (seed: number, scenario: string): string => `${scenario}#${seed}`;

/** What a request comes to, as a promise. */
const settled = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB refused')));
  });

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, VERSION);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return settled(request);
}

export function checkpointStore(): Checkpoints {
  let opened: Promise<IDBDatabase> | null = null;
  const runs = async (mode: IDBTransactionMode): Promise<IDBObjectStore> =>
    (await (opened ??= openDatabase())).transaction(STORE, mode).objectStore(STORE);
  let storing: Promise<void> = Promise.resolve();
  let next: StoredRun | null = null;

  const flush = async (): Promise<void> => {
    const run = next;
    next = null;
    if (run === null) return;
    try {
      await settled((await runs('readwrite')).put(run, keyOf(run.seed, run.scenario)));
    } catch {
      // No room or no database: the run itself is not worse for it, only a reload starts anew.
    }
  };

  return {
    async load(seed, scenario) {
      try {
        const stored: unknown = await settled((await runs('readonly')).get(keyOf(seed, scenario)));
        return (stored as StoredRun | undefined) ?? null;
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
