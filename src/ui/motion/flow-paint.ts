/** Paints flows on their wires: dashes that drift, thicker and brighter the more there are. Late code. */
import type { Line } from '../stage/wires';
import { flowLook, rateAt, type Rate } from './flow';

/** Pixels of the stage a second: always the same, however much flows. */
const DRIFT = 46;
const PODS = [10, 9] as const;
const BEATS = [2.5, 13] as const;
const BEATS_LOOK = { width: 1.8, alpha: 0.4 };

export interface Flows {
  /** Pods that come to machines, by machine. */
  readonly pods: ReadonlyMap<string, Rate>;
  /** Heartbeats that come from machines, by machine. */
  readonly beats: ReadonlyMap<string, Rate>;
}

/**
 * @param lines - from the machines to the API server
 * @returns whether anything flows still
 */
export function paintFlows(
  brush: CanvasRenderingContext2D,
  lines: ReadonlyMap<string, Line>,
  { pods, beats }: Flows,
  nowMs: number,
): boolean {
  const drift = (nowMs / 1_000) * DRIFT;
  let flows = false;
  brush.lineJoin = 'round';
  const stroke = (machine: string, dash: readonly [number, number], offset: number, width: number, alpha: number) => {
    flows = true;
    const line = lines.get(machine);
    if (!line) return;
    brush.setLineDash([...dash]);
    brush.lineDashOffset = offset;
    brush.lineWidth = width;
    brush.globalAlpha = alpha;
    brush.beginPath();
    for (const [at, { x, y }] of line.points.entries()) {
      if (at === 0) brush.moveTo(x, y);
      else brush.lineTo(x, y);
    }
    brush.stroke();
  };
  for (const [machine, rate] of beats)
    if (flowLook(rateAt(rate, nowMs))) stroke(machine, BEATS, -drift, BEATS_LOOK.width, BEATS_LOOK.alpha);
  for (const [machine, rate] of pods) {
    const look = flowLook(rateAt(rate, nowMs));
    if (look) stroke(machine, PODS, drift, look.width, look.alpha);
  }
  brush.setLineDash([]);
  return flows;
}
