/** The camera's own controls: it comes to what is selected elsewhere, follows it, and shows where one is in a large cluster. */
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { LocateFixed } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Subject } from '#engine/cluster/records';
import type { Box, StageLayout } from '../stage/layout';
import type { Mirror } from '../state/mirror';
import { useUi, useUiStore } from '../state/store';
import { enCamera } from '../text/en-camera';
import { useWords } from '../text/text';
import { zhCamera } from '../text/zh-camera';
import { boxOf, fly, isWhollyInView, machineOf, viewOf } from './flight';
import { Minimap } from './minimap';
import '../theme/camera.css';

/** Below this zoom a machine in view is still not to be read. */
const UNREADABLE = 0.5;
const WORDS = { en: enCamera, zh: zhCamera };

/** Where things stand: in which place a subject is to be seen, and where that is. Keep it as long as nothing moves. */
export interface Places {
  find(mirror: Mirror, subject: Subject): string | null;
  boxOf(place: string): Box | undefined;
}

interface CameraProps {
  readonly places: Places;
  /** Too large to be read as a whole. */
  readonly large: boolean;
  /** What the map in the corner shows; absent: there is no map. */
  readonly map?: StageLayout;
  /** The camera is where somebody wants it: it is not to go back to the whole by itself. */
  readonly onTake: () => void;
}

export function Camera({ places, large, map, onTake }: CameraProps) {
  const words = useWords(WORDS);
  const store = useUiStore();
  const flow = useReactFlow();
  const flowStore = useStoreApi();
  const stop = useRef<() => void>(() => undefined);
  const [following, setFollowing] = useState(false);
  const selected = useUi(({ selection, mirror }) => (selection ? places.find(mirror, selection) : null));
  const selectedKey = useUi((state) => state.selectedKey);

  const goTo = useCallback(
    (place: string, always: boolean): void => {
      const box = places.boxOf(place);
      if (!box) return;
      const { width, height } = flowStore.getState();
      const from = flow.getViewport();
      const unreadable = large && from.zoom < UNREADABLE;
      if (!always && isWhollyInView(box, from, { width, height }) && !unreadable) return;
      stop.current();
      onTake();
      stop.current = fly(from, viewOf(box, from, { width, height }), { width, height }, (view) => {
        void flow.setViewport(view);
      });
    },
    [places, large, flow, flowStore, onTake],
  );

  // What is selected in the log, the palette or the terminal is brought into view; what was clicked on the stage is there.
  const known = useRef('');
  useEffect(() => {
    const isNew = known.current !== selectedKey;
    known.current = selectedKey;
    if (selected === null) return;
    if (following) goTo(selected, true);
    else if (isNew && !document.querySelector('.stage:hover, .stage :focus-visible')) goTo(selected, false);
  }, [selected, selectedKey, following, goTo]);

  useEffect(() => {
    const stage = document.querySelector<HTMLElement>('.stage');
    const onDoubleClick = (event: MouseEvent): void => {
      const { selection, mirror } = store.getState();
      const inside = event.target instanceof Element && event.target.closest('button, input') === null;
      const place = inside && selection ? places.find(mirror, selection) : null;
      if (place !== null) goTo(place, true);
    };
    const interrupt = (): void => stop.current();
    stage?.addEventListener('dblclick', onDoubleClick);
    stage?.addEventListener('wheel', interrupt, { passive: true });
    stage?.addEventListener('pointerdown', interrupt);
    return () => {
      stage?.removeEventListener('dblclick', onDoubleClick);
      stage?.removeEventListener('wheel', interrupt);
      stage?.removeEventListener('pointerdown', interrupt);
    };
  }, [store, places, goTo]);

  return (
    <>
      {selected === null ? null : (
        <button
          type="button"
          className="icon-button camera-follow"
          aria-pressed={following}
          aria-label={words.follow}
          title={words.follow}
          onClick={() => setFollowing(!following)}
        >
          <LocateFixed size={15} strokeWidth={2} aria-hidden="true" />
        </button>
      )}
      {map ? <Minimap layout={map} label={words.minimap} onTake={onTake} /> : null}
    </>
  );
}

/** The camera of the stage by machine. */
export function MachineCamera({
  layout,
  large,
  onTake,
}: { layout: StageLayout } & Pick<CameraProps, 'large' | 'onTake'>) {
  const places = useMemo<Places>(() => ({ find: machineOf, boxOf: (machine) => boxOf(layout, machine) }), [layout]);
  return <Camera places={places} large={large} onTake={onTake} {...(large ? { map: layout } : {})} />;
}
