/** Paints pulses on their wires, over the stage. Runs only while a pulse is under way. */
import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { pointOn, type Wire } from '../stage/wires';
import { useMotionBoards, wantsLessMotion } from './motion';
import { PULSE_MS, pulseProgress } from './pulses';

const RADIUS = 3.2;
const TAIL = 0.05;
const MAX_PIXEL_RATIO = 2;

function paint(
  canvas: HTMLCanvasElement,
  wires: ReadonlyMap<string, Wire>,
  pulses: readonly { readonly machine: string; readonly part: number }[],
  [x, y, zoom]: readonly [number, number, number],
): void {
  const brush = canvas.getContext('2d');
  if (!brush) return;
  const ratio = Math.min(MAX_PIXEL_RATIO, globalThis.devicePixelRatio || 1);
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  brush.setTransform(1, 0, 0, 1, 0, 0);
  brush.clearRect(0, 0, width, height);
  if (pulses.length === 0) return;
  brush.setTransform(zoom * ratio, 0, 0, zoom * ratio, x * ratio, y * ratio);
  const colour = getComputedStyle(canvas).color;
  brush.fillStyle = colour;
  brush.strokeStyle = colour;
  brush.lineCap = 'round';
  brush.lineWidth = RADIUS;
  for (const { machine, part } of pulses) {
    const wire = wires.get(machine);
    if (!wire) continue;
    const head = pointOn(wire, 1 - part);
    brush.globalAlpha = 0.35;
    brush.beginPath();
    brush.moveTo(head.x, head.y);
    for (let step = 1; step <= 4; step++) {
      const point = pointOn(wire, Math.min(1, 1 - part + (TAIL * step) / 4));
      brush.lineTo(point.x, point.y);
    }
    brush.stroke();
    brush.globalAlpha = 1;
    brush.beginPath();
    brush.arc(head.x, head.y, RADIUS, 0, 2 * Math.PI);
    brush.fill();
  }
}

export function PulseCanvas({ wires }: { wires: readonly Wire[] }) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi();
  const boards = useMotionBoards();

  useEffect(() => {
    const canvas = canvasRef.current;
    if (!canvas || !boards || wantsLessMotion()) return undefined;
    const byMachine = new Map(wires.map((wire) => [wire.machine, wire]));
    let frame = 0;
    const draw = (nowMs: number): void => {
      const alive = boards.pulses.current().filter(({ startedMs }) => nowMs - startedMs < PULSE_MS);
      const moving = alive.map((pulse) => ({ machine: pulse.machine, part: pulseProgress(pulse, nowMs) }));
      paint(canvas, byMachine, moving, flow.getState().transform);
      frame = alive.length > 0 ? requestAnimationFrame(draw) : 0;
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
  }, [boards, flow, wires]);

  return <canvas ref={canvasRef} className="pulse-canvas" aria-hidden="true" />;
}
