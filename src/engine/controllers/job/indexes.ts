/**
 * Sets of completion indexes and the text that a status keeps them as, `1,3-5,7`.
 *
 * @source kubernetes pkg/controller/job/indexed_job_utils.go
 */
export type Indexes = ReadonlySet<number>;

/** The indexes of a text below a limit. @param text - as validated by the API server */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const found = new Set<number>();
  for (const interval of (text ?? '') === '' ? [] : text!.split(',')) {
    const [from = 0, to = from] = interval.split('-').map(Number);
    for (let index = from; index <= Math.min(to, completions - 1); index++) found.add(index);
  }
  return found;
}

/** Two in a row stay `a,b`; more become `a-c`. */
export function formatIndexes(indexes: Indexes): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; at++) {
    const first = sorted[at]!;
    while (sorted[at + 1] === sorted[at]! + 1) at++;
    const last = sorted[at]!;
    if (last === first) parts.push(String(first));
    else parts.push(last === first + 1 ? `${first},${last}` : `${first}-${last}`);
  }
  return parts.join(',');
}

/** The lowest indexes that nobody works on and that are not done, at most `wanted`. */
export function firstPending(wanted: number, completions: number, ...taken: readonly Indexes[]): number[] {
  const pending: number[] = [];
  for (let index = 0; index < completions && pending.length < wanted; index++)
    if (!taken.some((indexes) => indexes.has(index))) pending.push(index);
  return pending;
}
