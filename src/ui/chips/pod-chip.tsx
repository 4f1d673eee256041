/** A pod: colour is its owner, shape its state. A button that selects it. */
import { memo, useLayoutEffect, useRef, type CSSProperties } from 'react';
import { useStoreApi } from '@xyflow/react';
import type { PodRecord } from '#engine/cluster/records';
import { fly } from '../motion/fly';
import { useMotionBoards } from '../motion/motion';
import { countdownsOf, subjectKey } from '../state/mirror';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';
import { firstToEnd, isCreation, progressStep } from './countdown';
import { CountdownRing } from './countdown-ring';
import { hueClass } from './hue';
import { podShape, type PodShape } from './pod-shape';
import { ShapeDrawing } from './shape-drawing';

/**
 * The shapes that most pods have are drawn by CSS: a browser takes each drawing of its own as a piece of the picture to be put
 * together, and at 1,500 pods that costs ten milliseconds a frame.
 */
const BOXES: ReadonlySet<PodShape> = new Set<PodShape>(['running', 'not-ready', 'creating']);
const PIE_STEPS = 24;
/** Seconds between two changes of what is read aloud of a clock. */
const SPOKEN_EVERY = 10;

interface PodChipProps {
  readonly pod: PodRecord;
  /** False when the machine really runs no such pod although the API says that it does. */
  readonly real: boolean;
  /** Only one chip of a group is in the tab order. */
  readonly tabbable: boolean;
}

export const PodChip = memo(function PodChip({ pod, real, tabbable }: PodChipProps) {
  const text = useText();
  const store = useUiStore();
  const boards = useMotionBoards();
  const flow = useStoreApi();
  const element = useRef<HTMLButtonElement>(null);
  const key = subjectKey(pod);
  const hue = useUi((state) => state.mirror.hues.get(pod.app));
  const selected = useUi((state) => state.selectedKey === key);
  const countdowns = useUi((state) => countdownsOf(state.mirror, key));
  const creation = countdowns.find(isCreation);
  const against = firstToEnd(countdowns.filter((countdown) => !isCreation(countdown)));
  const shown = against ?? creation;
  const clock = useUi((state) => (shown ? text.countdown(shown, state.mirror.now, SPOKEN_EVERY) : null));
  const filled = useUi((state) => (creation ? progressStep(creation, state.mirror.now, PIE_STEPS) : 6) / PIE_STEPS);
  const shape = podShape(pod, real);

  useLayoutEffect(() => {
    const points = boards?.flights.take(pod.uid);
    if (points && element.current) fly(element.current, points, flow.getState().transform[2]);
  }, [boards, flow, pod.uid]);

  return (
    <button
      ref={element}
      type="button"
      className={`chip nodrag ${hueClass(pod.app, hue)}`}
      data-kind="Pod"
      data-name={pod.name}
      data-namespace={pod.namespace}
      data-state={pod.status}
      data-uid={pod.uid}
      data-shape={shape}
      data-real={real}
      aria-pressed={selected}
      aria-label={text.pod.label(pod, real, clock)}
      tabIndex={tabbable ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        store.getState().select(pod);
      }}
    >
      {BOXES.has(shape) ? (
        <span className="chip-box" style={{ '--filled': filled } as CSSProperties} aria-hidden="true" />
      ) : (
        <ShapeDrawing shape={shape} fill={filled} />
      )}
      {against ? <CountdownRing countdown={against} around="chip" /> : null}
    </button>
  );
});
