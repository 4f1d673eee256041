import { type RefObject, useEffect, useState } from 'react';

/** Rows that are drawn beyond each edge, so that scrolling shows no gaps. */
const BEYOND = 8;
/** Before the list has been measured. */
const FIRST_HEIGHT = 200;

export interface RowRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** The rows of equal height to draw for what is seen of a list; all sizes in CSS pixels. */
export function rowsInView(scrollTop: number, height: number, rowHeight: number, count: number): RowRange {
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + BEYOND);
  return { from: Math.max(0, Math.min(Math.floor(scrollTop / rowHeight) - BEYOND, to)), to };
}

/** The rows to draw of a list that scrolls in this element. It renders anew only when they change. */
export function useRowsInView(scroller: RefObject<HTMLElement | null>, rowHeight: number, count: number): RowRange {
  const [seen, setSeen] = useState({ first: 0, height: FIRST_HEIGHT });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => {
      const first = Math.floor(element.scrollTop / rowHeight);
      const height = element.clientHeight;
      setSeen((known) => (known.first === first && known.height === height ? known : { first, height }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, rowHeight]);
  // The first row may be seen in part.
  return rowsInView(seen.first * rowHeight, seen.height + rowHeight, rowHeight, count);
}
