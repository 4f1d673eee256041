/** Reads the start of a run from the address: `?seed=7&scenario=NAME`, or `?cluster=NAME` of one that is kept. Pure. */
import { LONGEST_NAME } from '#host/worker/kept-clusters';
import type { StartOptions } from '#host/worker/protocol';

const DEFAULT_SEED = 7;
export const DEFAULT_SCENARIO = 'default';
const LARGEST_SEED = 0xffff_ffff;

/** Seeds are whole numbers from 0 to 2³² − 1; anything else gives the usual one. Without `fresh` a checkpoint is gone on from. */
export function startOptions(query: URLSearchParams): StartOptions {
  const typed = query.get('seed') ?? '';
  const seed = /^\d{1,10}$/.test(typed) && Number(typed) <= LARGEST_SEED ? Number(typed) : DEFAULT_SEED;
  const name = query.get('cluster')?.trim().slice(0, LONGEST_NAME) ?? '';
  return {
    seed,
    scenario: query.get('scenario') ?? DEFAULT_SCENARIO,
    resume: !query.has('fresh'),
    ...(name === '' ? {} : { name }),
  };
}
