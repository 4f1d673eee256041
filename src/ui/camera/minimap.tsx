/** All of a large cluster in a corner, with what is in view; a press goes there. */
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef, type PointerEvent } from 'react';
import { machineState } from '../stage/machine-status';
import type { StageLayout } from '../stage/layout';
import { useUiStore } from '../state/store';

const WIDTH = 168;
const HEIGHT = 108;
/** States of machines change seldom: it is drawn anew this often at most. */
const REDRAW_MS = 500;

interface MinimapProps {
  readonly layout: StageLayout;
  readonly label: string;
  readonly onTake: () => void;
}

export function Minimap({ layout, label, onTake }: MinimapProps) {
  const store = useUiStore();
  const flow = useReactFlow();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = Math.min(WIDTH / layout.width, HEIGHT / layout.height);
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);

  useEffect(() => {
    const element = canvas.current;
    const brush = element?.getContext('2d');
    if (!element || !brush) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      timer = undefined;
      const { mirror } = store.getState();
      const style = getComputedStyle(element);
      const [plain, bad, off, master] = ['--line-strong', '--amber', '--red', '--accent'].map((name) =>
        style.getPropertyValue(name),
      );
      brush.setTransform(2, 0, 0, 2, 0, 0);
      brush.clearRect(0, 0, WIDTH, HEIGHT);
      const paint = (box: StageLayout['workers'][number], colour: string): void => {
        brush.fillStyle = colour;
        const [w, h] = [Math.max(1, box.width * scale), Math.max(1, box.height * scale)];
        brush.fillRect(box.x * scale, box.y * scale, w, h);
      };
      const troubled: (readonly [StageLayout['workers'][number], string])[] = [];
      for (const box of layout.workers) {
        const state = machineState(mirror.machines.get(box.name), mirror.nodes.get(box.name));
        if (state === 'Ready') paint(box, plain ?? '');
        else troubled.push([box, (state === 'Off' ? off : bad) ?? '']);
      }
      for (const [box, colour] of troubled) paint(box, colour);
      for (const box of layout.controlPlanes) paint(box, master ?? '');
    };
    const soon = (): void => {
      timer ??= setTimeout(draw, REDRAW_MS);
    };
    draw();
    const unsubscribe = store.subscribe((now, before) => {
      const changed = now.mirror.machines !== before.mirror.machines || now.mirror.nodes !== before.mirror.nodes;
      if (changed || now.theme !== before.theme) soon();
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [store, layout, scale]);

  const go = (event: PointerEvent<HTMLElement>): void => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const [atX, atY] = [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
    onTake();
    void flow.setViewport({ x: width / 2 - atX * zoom, y: height / 2 - atY * zoom, zoom });
  };

  const view = {
    left: Math.max(0, (-x / zoom) * scale),
    top: Math.max(0, (-y / zoom) * scale),
    right: Math.min(WIDTH, ((width - x) / zoom) * scale),
    bottom: Math.min(HEIGHT, ((height - y) / zoom) * scale),
  };
  const all = x >= 0 && y >= 0 && layout.width * zoom + x <= width && layout.height * zoom + y <= height;
  return (
    <div className="minimap" role="img" aria-label={label} hidden={all} onPointerDown={go} onPointerMove={go}>
      <canvas ref={canvas} width={WIDTH * 2} height={HEIGHT * 2} aria-hidden="true" />
      <span
        className="minimap-view"
        style={{
          left: view.left,
          top: view.top,
          width: Math.max(0, view.right - view.left),
          height: Math.max(0, view.bottom - view.top),
        }}
      />
    </div>
  );
}
