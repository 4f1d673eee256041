/** A ring around the pointer, for a room that watches: it follows, and closes while a button is held. */
import { useEffect, useRef } from 'react';

export function PresenterPointer() {
  const ring = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const follow = ({ clientX, clientY, buttons }: PointerEvent): void => {
      if (!ring.current) return;
      ring.current.style.transform = `translate(${clientX}px, ${clientY}px)`;
      ring.current.dataset['pressed'] = String(buttons !== 0);
    };
    const kinds = ['pointermove', 'pointerdown', 'pointerup'] as const;
    for (const kind of kinds) addEventListener(kind, follow, { capture: true, passive: true });
    return () => {
      for (const kind of kinds) removeEventListener(kind, follow, { capture: true });
    };
  }, []);
  return (
    <div ref={ring} className="presenter-pointer" style={{ transform: 'translate(-99px, -99px)' }} aria-hidden="true" />
  );
}
