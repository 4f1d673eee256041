/** Paints pulses on their wires, over the stage. Runs only while a pulse is under way. */
import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { pointOn, type Line } from '../stage/wires';
import type { paintFlows as paintFlowsOf } from './flow-paint';
import { useMotionBoards, wantsLessMotion } from './motion';
import { PULSE_MS, pulseProgress, type PulseKind } from './pulses';

const MAX_PIXEL_RATIO = 2;

/** How a pulse looks: a dot with a tail for what changes something, a small one for what only says yes, a diamond for votes. */
interface Look {
  readonly shape: 'dot' | 'diamond';
  readonly radius: number;
  /** Part of the wire. */
  readonly tail: number;
  readonly alpha: number;
  /** Painted as an outline: a question; filled: an answer. */
  readonly hollow?: boolean;
}

const ANSWER: Look = { shape: 'dot', radius: 2, tail: 0, alpha: 0.7 };
const QUESTION: Look = { shape: 'diamond', radius: 5, tail: 0, alpha: 1, hollow: true };
const VOTE: Look = { shape: 'diamond', radius: 4.5, tail: 0, alpha: 1 };
const LOOKS: Readonly<Record<PulseKind, Look>> = {
  lease: { shape: 'dot', radius: 3.2, tail: 0.05, alpha: 1 },
  heartbeat: { shape: 'dot', radius: 1.6, tail: 0, alpha: 0.6 },
  append: { shape: 'dot', radius: 3.4, tail: 0.08, alpha: 1 },
  'append-answer': ANSWER,
  snapshot: { shape: 'dot', radius: 5, tail: 0.16, alpha: 1 },
  'pre-vote': QUESTION,
  'pre-vote-answer': VOTE,
  vote: QUESTION,
  'vote-answer': VOTE,
};

interface Moving {
  readonly wire: string;
  readonly kind: PulseKind;
  readonly part: number;
}

function paintPulse(brush: CanvasRenderingContext2D, line: Line, { kind, part }: Moving): void {
  const { shape, radius, tail, alpha, hollow = false } = LOOKS[kind];
  const head = pointOn(line, part);
  if (tail > 0) {
    brush.globalAlpha = 0.35;
    brush.lineWidth = radius;
    brush.beginPath();
    brush.moveTo(head.x, head.y);
    for (let step = 1; step <= 4; step++) {
      const point = pointOn(line, Math.max(0, part - (tail * step) / 4));
      brush.lineTo(point.x, point.y);
    }
    brush.stroke();
  }
  brush.globalAlpha = alpha;
  brush.beginPath();
  if (shape === 'dot') brush.arc(head.x, head.y, radius, 0, 2 * Math.PI);
  else {
    brush.moveTo(head.x, head.y - radius);
    brush.lineTo(head.x + radius, head.y);
    brush.lineTo(head.x, head.y + radius);
    brush.lineTo(head.x - radius, head.y);
    brush.closePath();
  }
  brush.lineWidth = 1.6;
  if (hollow) brush.stroke();
  else brush.fill();
}

function paint(
  canvas: HTMLCanvasElement,
  lines: ReadonlyMap<string, Line>,
  pulses: readonly Moving[],
  [x, y, zoom]: readonly [number, number, number],
  flow: (brush: CanvasRenderingContext2D) => boolean,
): boolean {
  const brush = canvas.getContext('2d');
  if (!brush) return false;
  const ratio = Math.min(MAX_PIXEL_RATIO, globalThis.devicePixelRatio || 1);
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  brush.setTransform(1, 0, 0, 1, 0, 0);
  brush.clearRect(0, 0, width, height);
  brush.setTransform(zoom * ratio, 0, 0, zoom * ratio, x * ratio, y * ratio);
  const colour = getComputedStyle(canvas).color;
  brush.fillStyle = colour;
  brush.strokeStyle = colour;
  brush.lineCap = 'round';
  const flows = flow(brush);
  for (const pulse of pulses) {
    const line = lines.get(pulse.wire);
    if (line && pulse.part >= 0) paintPulse(brush, line, pulse);
  }
  return flows;
}

/** @param lines - where the pulses of each wire run, in their direction */
export function PulseCanvas({ lines }: { lines: ReadonlyMap<string, Line> }) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi();
  const boards = useMotionBoards();

  useEffect(() => {
    const canvas = canvasRef.current;
    if (!canvas || !boards || wantsLessMotion()) return undefined;
    let frame = 0;
    let painter: typeof paintFlowsOf | null = null;
    const draw = (nowMs: number): void => {
      const alive = boards.pulses.current().filter(({ startedMs }) => nowMs - startedMs < PULSE_MS);
      const moving = alive.map((pulse) => ({ ...pulse, part: pulseProgress(pulse, nowMs) }));
      const flows = boards.pulses.flows();
      const hasFlows = flows.pods.size + flows.beats.size > 0;
      if (hasFlows && painter === null) void import('./flow-paint').then((code) => (painter = code.paintFlows));
      const paintFlows = (brush: CanvasRenderingContext2D): boolean =>
        hasFlows && painter !== null && painter(brush, lines, flows, nowMs);
      const goesOn = paint(canvas, lines, moving, flow.getState().transform, paintFlows);
      frame = alive.length > 0 || goesOn ? requestAnimationFrame(draw) : 0;
    };
    const begin = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    begin();
    const stop = boards.pulses.onBegin(begin);
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [boards, flow, lines]);

  return <canvas ref={canvasRef} className="pulse-canvas" aria-hidden="true" />;
}
