/** A card that a hand, a pen or a finger carries onto the stage. Below a few pixels it is a click. */
import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { thingAt } from '../things/thing-at';

const FROM_PX = 6;

interface Carried {
  readonly x: number;
  readonly y: number;
  readonly over: Element | null;
}

interface DragToStage {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: (event: PointerEvent) => void;
  readonly onPointerCancel: () => void;
  /** What hangs from the pointer. */
  readonly ghost: ReactNode;
  /** Whether the click that now comes is the end of a drag. */
  readonly justDragged: () => boolean;
}

/** @param target - a selector of what it may be dropped on */
export function useDragToStage(title: string, target: string, onDrop: (on: Element) => void): DragToStage {
  const grip = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const dragged = useRef(false);
  const [carried, setCarried] = useState<Carried | null>(null);

  const mark = (over: Element | null): void => {
    for (const marked of document.querySelectorAll('[data-drop]'))
      if (marked !== over) marked.removeAttribute('data-drop');
    over?.setAttribute('data-drop', 'here');
  };
  const end = (): void => {
    grip.current = null;
    mark(null);
    setCarried(null);
  };

  return {
    justDragged: () => {
      const was = dragged.current;
      dragged.current = false;
      return was;
    },
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      dragged.current = false;
      grip.current = { x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: ({ clientX: x, clientY: y }) => {
      if (!grip.current) return;
      if (!carried && Math.hypot(x - grip.current.x, y - grip.current.y) < FROM_PX) return;
      const over = thingAt(x, y, target);
      mark(over);
      setCarried({ x, y, over });
    },
    onPointerUp: () => {
      if (carried) {
        dragged.current = true;
        if (carried.over) onDrop(carried.over);
      }
      end();
    },
    onPointerCancel: end,
    ghost: carried
      ? createPortal(
          <div
            className="carried"
            data-fits={carried.over !== null}
            style={{ transform: `translate(${carried.x + 12}px, ${carried.y + 8}px)` }}
            aria-hidden="true"
          >
            {title}
          </div>,
          document.body,
        )
      : null,
  };
}
