/** By what the stage is laid out (three buttons, and the keys 1, 2 and 3), the lines between things, and what is seen from near. */
import { useStore } from '@xyflow/react';
import { Boxes, Server, Waypoints, type LucideIcon } from 'lucide-react';
import { Suspense, useEffect } from 'react';
import { lazy } from '../crash/lazy';
import { EdgeTools } from '../edges/edge-tools';
import { PlaceLayer } from '../places/place-layer';
import { PinShelf } from '../pins/pin-shelf';
import { useUi, useUiStore } from '../state/store';
import type { Arrangement } from '../state/view-slice';
import { ThingMenu } from '../things/thing-menu';
import '../theme/objects.css';
import { useObjectWords } from './object-card';

const CHOICES: readonly { readonly by: Arrangement; readonly key: string; readonly Icon: LucideIcon }[] = [
  { by: 'machine', key: '1', Icon: Server },
  { by: 'workload', key: '2', Icon: Boxes },
  { by: 'service', key: '3', Icon: Waypoints },
];

/** From this zoom on a chip has room for its containers. */
const NEAR = 1.6;

const ContainerLayer = lazy(
  () => import('../near/container-layer'),
  ({ ContainerLayer }) => ContainerLayer,
);

const isTyping = (target: EventTarget | undefined): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"]') !== null;

export function StageTools() {
  const words = useObjectWords();
  const store = useUiStore();
  const arrangement = useUi((state) => state.arrangement);
  const near = useStore((flow) => flow.transform[2] >= NEAR);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (isTyping(event.composedPath()[0]) || store.getState().palette) return;
      const chosen = CHOICES.find(({ key }) => key === event.key);
      if (chosen) store.getState().setArrangement(chosen.by);
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [store]);

  return (
    <>
      <div className="stage-tools" role="group" aria-label={words.arrange}>
        {CHOICES.map(({ by, Icon }) => (
          <button
            key={by}
            type="button"
            aria-pressed={arrangement === by}
            title={words.byHint[by]}
            onClick={() => store.getState().setArrangement(by)}
          >
            <span>{words.by[by]}</span>
            <Icon size={15} strokeWidth={2} aria-hidden="true" />
          </button>
        ))}
      </div>
      <EdgeTools />
      <PinShelf />
      <ThingMenu />
      {arrangement === 'machine' ? <PlaceLayer /> : null}
      {near ? (
        <Suspense fallback={null}>
          <ContainerLayer />
        </Suspense>
      ) : null}
    </>
  );
}
