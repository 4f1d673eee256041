/** The camera's own controls: it comes to what is selected elsewhere, follows it, and shows where one is in a large cluster. */
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { LocateFixed } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { StageLayout } from '../stage/layout';
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

interface CameraProps {
  readonly layout: StageLayout;
  readonly large: boolean;
  /** The camera is where somebody wants it: it is not to go back to the whole by itself. */
  readonly onTake: () => void;
}

export function Camera({ layout, large, onTake }: CameraProps) {
  const words = useWords(WORDS);
  const store = useUiStore();
  const flow = useReactFlow();
  const flowStore = useStoreApi();
  const stop = useRef<() => void>(() => undefined);
  const [following, setFollowing] = useState(false);
  const selected = useUi(({ selection, mirror }) => (selection ? machineOf(mirror, selection) : null));
  const selectedKey = useUi((state) => state.selectedKey);

  const goTo = useCallback(
    (machine: string, always: boolean): void => {
      const box = boxOf(layout, machine);
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
    [layout, large, flow, flowStore, onTake],
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
      const machine = inside && selection ? machineOf(mirror, selection) : null;
      if (machine !== null) goTo(machine, true);
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
  }, [store, goTo]);

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
      {large ? <Minimap layout={layout} label={words.minimap} onTake={onTake} /> : null}
    </>
  );
}
