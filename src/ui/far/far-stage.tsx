/** The canvas of a large cluster, under React Flow's hands: one redraw a frame at most, and only when something has changed. */
import { useStoreApi } from '@xyflow/react';
import { useEffect, useImperativeHandle, useMemo, useRef, type Ref } from 'react';
import type { PodRecord } from '#engine/cluster/records';
import { racksOf, regionsOf } from '../places/place-boxes';
import type { Seen } from '../stage/large';
import type { StageLayout } from '../stage/layout';
import { machinesFromKey, machinesKey } from '../stage/layout-input';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';
import { nearZoom, type View } from './large-cluster';
import { hitAt, Painter, type Label } from './painter';
import { pixelOf, type Pixels } from './pixels';
import type { Palette } from './sprites';
import { useCameraWatch } from './use-camera-watch';

export interface FarHit {
  readonly machine: string;
  /** Only where pods are large enough to be hit. */
  readonly pod: PodRecord | undefined;
}

/** What the stage asks of the picture. */
export interface FarHands {
  /** What is painted at a point of the window. */
  at(clientX: number, clientY: number): FarHit | null;
}

interface FarStageProps {
  readonly layout: StageLayout;
  /** Machines that stand in the page as elements. */
  readonly elements: ReadonlySet<string>;
  /** Zones and control planes are no elements yet. */
  readonly isBare: boolean;
  readonly onSeen: (seen: Seen) => void;
  readonly hands: Ref<FarHands>;
}

/** More pixels than this are not painted, however fine the screen is. */
const MOST_PIXELS = 2_400_000;
/** Pods smaller than this are not hit: their machine is. */
const HIT_POD_FROM_PX = 5;

/** The theme's colours as pixels. */
function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): number => pixelOf(style.getPropertyValue(name));
  return {
    zone: read('--zone'),
    card: read('--card'),
    part: read('--part'),
    line: read('--line'),
    dim: read('--dim'),
    ok: read('--ok'),
    amber: read('--amber'),
    red: read('--red'),
    accent: read('--accent'),
    owners: [...[0, 1, 2, 3, 4, 5, 6, 7].map((hue) => read(`--owner-${hue}`)), read('--owner-system')],
  };
}

export function FarStage({ layout, elements, isBare, onSeen, hands }: FarStageProps) {
  useCameraWatch(layout, onSeen);
  const text = useText();
  const store = useUiStore();
  const flow = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  const key = useUi((state) => machinesKey(state.mirror.machines));
  const { racks, regions } = useMemo(() => {
    const machines = machinesFromKey(key);
    return { racks: racksOf(layout.workers, machines), regions: regionsOf(layout.zones, machines) };
  }, [layout, key]);

  useImperativeHandle(
    hands,
    () => ({
      at(clientX, clientY) {
        const box = canvas.current?.getBoundingClientRect();
        if (!box) return null;
        const [x, y, zoom] = flow.getState().transform;
        const point = { x: (clientX - box.left - x) / zoom, y: (clientY - box.top - y) / zoom };
        const { mirror } = store.getState();
        const hit = hitAt({ layout, mirror }, point);
        if (!hit || elements.has(hit.machine)) return null;
        return layout.chip.size * zoom >= HIT_POD_FROM_PX ? hit : { ...hit, pod: undefined };
      },
    }),
    [flow, store, layout, elements],
  );

  useEffect(() => {
    const element = canvas.current;
    const brush = element?.getContext('2d', { willReadFrequently: true });
    if (!element || !brush) return undefined;
    const painter = new Painter();
    let palette = readPalette();
    let picture: { readonly image: ImageData; readonly pixels: Pixels } | null = null;
    let frame = 0;

    const draw = (): void => {
      frame = 0;
      const { transform, width, height } = flow.getState();
      if (width === 0 || height === 0) return;
      const ratio = Math.min(globalThis.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (width * height)));
      const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
      if (element.width !== size.width || element.height !== size.height) Object.assign(element, size);
      if (picture?.pixels.width !== size.width || picture.pixels.height !== size.height) {
        const image = new ImageData(size.width, size.height);
        picture = { image, pixels: { data: new Uint32Array(image.data.buffer), ...size } };
      }
      const { mirror, selection, picked } = store.getState();
      const view: View = { transform: [transform[0] * ratio, transform[1] * ratio, transform[2] * ratio], ...size };
      const labels = painter.paint(picture.pixels, view, {
        layout,
        mirror,
        text,
        palette,
        selected: new Set([selection, ...picked].flatMap((one) => (one?.kind === 'Machine' ? [one.name] : []))),
        elements,
        racks,
        regions,
        far: isBare || transform[2] < nearZoom(layout, { width, height }),
      });
      brush.putImageData(picture.image, 0, 0);
      write(brush, labels, ratio);
    };
    const again = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };

    again();
    const stopFlow = flow.subscribe((now, before) => {
      if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) again();
    });
    const stopStore = store.subscribe((now, before) => {
      const [one, other] = [now.mirror, before.mirror];
      if (now.theme !== before.theme)
        requestAnimationFrame(() => {
          palette = readPalette();
          again();
        });
      if (
        one.podsByNode !== other.podsByNode ||
        one.machines !== other.machines ||
        one.nodes !== other.nodes ||
        now.selectedKey !== before.selectedKey ||
        now.picked !== before.picked
      )
        again();
    });
    return () => {
      stopFlow();
      stopStore();
      cancelAnimationFrame(frame);
    };
  }, [flow, store, layout, racks, regions, elements, isBare, text]);

  return <canvas ref={canvas} className="far-canvas" aria-hidden="true" />;
}

/** Writes the words, each in the room that it has. */
function write(brush: CanvasRenderingContext2D, labels: readonly Label[], ratio: number): void {
  if (labels.length === 0) return;
  const style = getComputedStyle(brush.canvas);
  const colours: Readonly<Record<Label['look'], string>> = {
    machine: style.getPropertyValue('--ink'),
    words: style.getPropertyValue('--amber'),
    zone: style.getPropertyValue('--dim'),
  };
  const family = style.fontFamily;
  brush.textBaseline = 'middle';
  for (const look of ['machine', 'words', 'zone'] as const) {
    brush.fillStyle = colours[look];
    brush.font = `${look === 'machine' ? 600 : 400} ${Math.round((look === 'zone' ? 12.5 : 10.5) * ratio)}px ${family}`;
    for (const { words, x, y, room, look: mine } of labels)
      if (mine === look) brush.fillText(words, x, y, Math.max(1, room));
  }
}
