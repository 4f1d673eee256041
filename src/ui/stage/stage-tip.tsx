/** One card for whatever pod is pointed at or focused: what a chip says without words, in words. */
import { useEffect, useState, type RefObject } from 'react';
import { countdownsOf, objectByUid, subjectKey } from '../state/mirror';
import { useUi } from '../state/store';
import { useText } from '../text/text';

interface Pointed {
  readonly uid: string;
  readonly x: number;
  readonly y: number;
}

function pointedAt(event: Event): Pointed | null {
  const chip = event.target instanceof Element ? event.target.closest('[data-uid]') : null;
  const uid = chip?.getAttribute('data-uid');
  if (!chip || !uid) return null;
  const box = chip.getBoundingClientRect();
  return { uid, x: box.left + box.width / 2, y: box.bottom };
}

const CARD_WIDTH = 280;
const CARD_HEIGHT = 110;

export function StageTip({ stage }: { stage: RefObject<HTMLElement | null> }) {
  const text = useText();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const pod = useUi((state) => {
    const record = pointed ? objectByUid(state.mirror, pointed.uid) : undefined;
    return record?.kind === 'Pod' ? record : null;
  });
  const clocks = useUi((state) => {
    if (!pod) return '';
    return countdownsOf(state.mirror, subjectKey(pod))
      .map((countdown) => text.countdown(countdown, state.mirror.now))
      .join('\n');
  });

  useEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const show = (event: Event): void => setPointed(pointedAt(event));
    const hide = (): void => setPointed(null);
    element.addEventListener('pointerover', show);
    element.addEventListener('focusin', show);
    element.addEventListener('pointerleave', hide);
    element.addEventListener('pointerdown', hide);
    element.addEventListener('focusout', hide);
    return () => {
      element.removeEventListener('pointerover', show);
      element.removeEventListener('focusin', show);
      element.removeEventListener('pointerleave', hide);
      element.removeEventListener('pointerdown', hide);
      element.removeEventListener('focusout', hide);
    };
  }, [stage]);

  if (!pointed || !pod) return null;
  const left = Math.max(8, Math.min(pointed.x - CARD_WIDTH / 2, innerWidth - CARD_WIDTH - 8));
  const below = pointed.y + 10 + CARD_HEIGHT < innerHeight;
  return (
    <div
      className="stage-tip"
      role="presentation"
      data-below={below}
      style={{ left, top: below ? pointed.y + 10 : pointed.y - 34, width: CARD_WIDTH }}
    >
      <strong>{pod.name}</strong>
      <span>{text.pod.statusLine(pod)}</span>
      {pod.message ? <span className="stage-tip-message">{pod.message}</span> : null}
      {clocks === '' ? null : <span className="stage-tip-clock">{clocks}</span>}
    </div>
  );
}
