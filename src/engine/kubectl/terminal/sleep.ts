/** `sleep`, and how its spans are written. */
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Doing, type Kubectl, sleep } from '../call/effects';

/** `5`, `0.5`, `2m` as µs; null: it is no span. */
export function spanOfText(text: string): Micros | null {
  const found = /^(\d{1,9}(?:\.\d{1,6})?)([smhd]?)$/.exec(text);
  if (found === null) return null;
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[found[2] || 's'] ?? 1;
  return Math.round(Number(found[1]) * unit * SECOND);
}

export function* sleepMain({ argv: [text = ''], err }: Kubectl): Doing<number> {
  const span = spanOfText(text);
  if (span === null) {
    const missing = text === '' ? 'sleep: missing operand' : `sleep: invalid time interval '${text}'`;
    err(`${missing}\nTry 'sleep --help' for more information.\n`);
    return 1;
  }
  yield* sleep(span);
  return 0;
}
