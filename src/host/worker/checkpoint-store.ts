/** Runs kept in IndexedDB, one a starting cluster and seed. Without IndexedDB (private windows, full disks) nothing is kept. */
import type { Checkpoints, StoredRun } from './engine-host';

const DATABASE = 'kubarium';
const STORE = 'runs';
const VERSION = 1;
/** The second may be of the page's last moment. */
const MOST_WRITING = 2;

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
  let writing = 0;
  let next: StoredRun | null = null;

  const write = async (run: StoredRun): Promise<void> => {
    try {
      const store = await runs('readwrite');
      const request = store.put(run, keyOf(run.seed, run.scenario));
      // By itself a transaction waits for a last word of the worker, which the browser may end before: on a reload it does.
      store.transaction.commit();
      await settled(request);
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
    /** Of several checkpoints that come while others are written only the last is kept; one more than one is never waited for. */
    async store(run) {
      next = run;
      if (writing === MOST_WRITING) return;
      writing++;
      for (let due = run as StoredRun | null; due !== null; due = next) {
        next = null;
        await write(due);
      }
      writing--;
    },
  };
}
