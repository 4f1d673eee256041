/** Runs kept in IndexedDB, and beside them a list of them that is read without reading the runs. */
import type { Checkpoints } from './engine-host';
import { asListed, type KeepingProblem, type KeptCluster, type StoredRun, runKey } from './kept-clusters';

const DATABASE = 'kubarium';
const RUNS = 'runs';
const LIST = 'list';
const VERSION = 2;
/** The second may be of the page's last moment. */
const MOST_WRITING = 2;

/** What a request comes to, as a promise. */
const settled = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB refused')));
  });

const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('IndexedDB refused')));
  });

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, VERSION);
  request.addEventListener('upgradeneeded', () => {
    // Runs of version 1 do not say which cluster they are of.
    for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name);
    request.result.createObjectStore(RUNS);
    request.result.createObjectStore(LIST);
  });
  return settled(request);
}

const problemOf = (error: unknown): KeepingProblem =>
  error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'refused';

export function checkpointStore(): Checkpoints {
  let opened: Promise<IDBDatabase> | null = null;
  const transaction = async (mode: IDBTransactionMode): Promise<IDBTransaction> =>
    (await (opened ??= openDatabase())).transaction([RUNS, LIST], mode);
  let writing = 0;
  let next: StoredRun | null = null;
  let problem: KeepingProblem | null = null;

  const write = async (run: StoredRun): Promise<KeepingProblem | null> => {
    try {
      const writes = await transaction('readwrite');
      const key = runKey(run);
      writes.objectStore(RUNS).put(run, key);
      writes.objectStore(LIST).put(asListed(run), key);
      // By itself a transaction waits for a last word of the worker, which the browser may end before: on a reload it does.
      writes.commit();
      await done(writes);
      return null;
    } catch (error) {
      return problemOf(error);
    }
  };

  return {
    async load(key) {
      try {
        const reads = await transaction('readonly');
        return ((await settled(reads.objectStore(RUNS).get(key))) as StoredRun | undefined) ?? null;
      } catch {
        return null;
      }
    },
    /** Of several checkpoints that come while others are written only the last is kept; one more than one is never waited for. */
    async store(run) {
      next = run;
      if (writing === MOST_WRITING) return problem;
      writing++;
      for (let due = run as StoredRun | null; due !== null; due = next) {
        next = null;
        problem = await write(due);
      }
      writing--;
      return problem;
    },
    async list() {
      try {
        const reads = await transaction('readonly');
        return (await settled(reads.objectStore(LIST).getAll())) as KeptCluster[];
      } catch {
        return [];
      }
    },
    async remove(key) {
      const writes = await transaction('readwrite');
      writes.objectStore(RUNS).delete(key);
      writes.objectStore(LIST).delete(key);
      await done(writes);
    },
  };
}
