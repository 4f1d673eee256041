/**
 * The first minute: one line that says what to drag where, and a tour of six steps for whoever takes it. It stands below the stage and
 * covers nothing; each step goes on by itself when the thing it speaks of has happened.
 */
import { useEffect, useState } from 'react';
import '../theme/tour.css';
import { useUi, useUiStore } from '../state/store';
import { enTour } from '../text/en-tour';
import { useWords } from '../text/text';
import { zhTour } from '../text/zh-tour';
import { STEPS } from './steps';

const WORDS = { en: enTour, zh: zhTour };
/** How often the ring looks where its thing is. */
const FOLLOW_MS = 150;

export function Tour({ at }: { at: number }) {
  const store = useUiStore();
  const words = useWords(WORDS);
  const step = STEPS[at];
  const about = useUi((state) => step?.about(state) ?? '');
  const target = useUi((state) => step?.at(state) ?? null);
  const isDone = useUi((state) => state.mirror.booted && (step?.isDone(state) ?? true));
  const booted = useUi((state) => state.mirror.booted);
  const isHint = at === 0;
  const isLast = at === STEPS.length - 1;

  useEffect(() => {
    // Who has done by himself what the first line asks for needs no tour.
    if (isDone) store.getState().setTour(isHint || isLast ? null : at + 1);
  }, [isDone, isHint, isLast, at, store]);

  if (!step) return null;
  const go = (to: number | null) => (): void => store.getState().setTour(to);
  return (
    <section className="tour" aria-label={words.name} data-step={step.name}>
      {isHint ? null : <span className="tour-count">{words.count(at, STEPS.length - 1)}</span>}
      <p role="status">{isHint && !booted ? words.starting : words.step[step.name](about)}</p>
      {isHint ? (
        <button type="button" className="tour-go" onClick={go(1)}>
          {words.take}
        </button>
      ) : null}
      {isHint || isLast ? null : (
        <button type="button" className="toggle-pill" onClick={go(at + 1)}>
          {words.next}
        </button>
      )}
      <button type="button" className={isLast ? 'tour-go' : 'toggle-pill'} onClick={go(null)}>
        {isHint ? words.notNow : isLast ? words.done : words.leave}
      </button>
      {target === null ? null : <Ring key={target} target={target} />}
    </section>
  );
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A ring around a thing, wherever it goes. */
function Ring({ target }: { target: string }) {
  const [place, setPlace] = useState<Place | null>(null);
  useEffect(() => {
    const look = (): void => {
      const box = document.querySelector(target)?.getBoundingClientRect();
      setPlace((before) => {
        if (!box || box.width === 0) return null;
        const { left, top, width, height } = box;
        const isSame =
          before?.left === left && before.top === top && before.width === width && before.height === height;
        return isSame ? before : { left, top, width, height };
      });
    };
    look();
    const timer = setInterval(look, FOLLOW_MS);
    return () => clearInterval(timer);
  }, [target]);
  return place === null ? null : <span className="tour-ring" style={{ ...place }} aria-hidden="true" />;
}
