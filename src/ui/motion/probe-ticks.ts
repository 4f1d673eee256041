/** A probe's answer as a tick around its pod: a ring that goes out, dashed and amber when the probe has failed. Late code. */
import type { ProbeRecord } from '#engine/cluster/records';

/** Real milliseconds between two ticks of a pod. */
const GAP_MS = 900;
/** More ticks a second than this are no ticks any more, but a flicker: then only failures are shown. */
const TICKS_PER_SECOND = 24;
const TICK_MS = 750;

export interface TickMemory {
  /** When each pod ticked last. */
  readonly last: Map<string, number>;
  /** Answers of the second under way. */
  second: { readonly startedMs: number; count: number };
}

export const newTickMemory = (): TickMemory => ({ last: new Map(), second: { startedMs: 0, count: 0 } });

/** Which of the answers are shown. */
export function ticksToShow(
  memory: TickMemory,
  answers: readonly ProbeRecord[],
  nowMs: number,
): readonly ProbeRecord[] {
  if (nowMs - memory.second.startedMs >= 1_000) {
    memory.second = { startedMs: nowMs, count: 0 };
    for (const [uid, at] of memory.last) if (nowMs - at > GAP_MS) memory.last.delete(uid);
  }
  const shown: ProbeRecord[] = [];
  for (const answer of [...answers].sort((a, b) => Number(a.ok) - Number(b.ok))) {
    memory.second.count += 1;
    if (memory.second.count > (answer.ok ? TICKS_PER_SECOND : 2 * TICKS_PER_SECOND)) continue;
    if (nowMs - (memory.last.get(answer.pod) ?? -GAP_MS) < GAP_MS) continue;
    memory.last.set(answer.pod, nowMs);
    shown.push(answer);
  }
  return shown;
}

const memory = newTickMemory();

/** Lets the chips tick of the pods whose probes were answered. */
export function tick(answers: readonly ProbeRecord[], nowMs: number): void {
  for (const { pod, ok } of ticksToShow(memory, answers, nowMs)) {
    const chip = document.querySelector(`.stage [data-uid="${CSS.escape(pod)}"]`);
    const line = ok ? '1.5px solid color-mix(in srgb, currentColor 75%, transparent)' : '2px dashed var(--amber)';
    chip?.animate(
      [
        { outline: line, outlineOffset: '0px' },
        { outline: line.replace(/ (color-mix.*|var.*)$/, ' transparent'), outlineOffset: '6px' },
      ],
      { duration: TICK_MS, easing: 'ease-out' },
    );
  }
}
