/** Keeps the whole stage in view until a person has taken the camera; gives it back on request. */
import { useReactFlow } from '@xyflow/react';
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import type { StageLayout } from './layout';

const MAX_ZOOM_OF_FIT = 1.5;
const MARGIN_PX = 18;
/** The stage's tools stand at its right edge; where it is small, they lie at the lower one (`objects.css`). */
const TOOLS_PX = 42;

export interface StageSize {
  readonly width: number;
  readonly height: number;
}

/** Whether a column of tools has no room beside the machines. */
export const isSmall = ({ width, height }: StageSize): boolean => width < 620 || height < 320;

/** The size of an element, as it changes. */
export function useSize(element: RefObject<HTMLElement | null>): StageSize {
  const [size, setSize] = useState<StageSize>({ width: 910, height: 474 });
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      if (width > 0 && height > 0) setSize({ width, height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** @param above - pixels at the top of the window that are not the stage's */
export function useStageFit(layout: Pick<StageLayout, 'width' | 'height'>, size: StageSize, above: number) {
  const flow = useReactFlow();
  const taken = useRef(false);
  const { width, height } = layout;

  const fit = useCallback(() => {
    const below = isSmall(size) ? TOOLS_PX : MARGIN_PX;
    const zoom = Math.min(
      MAX_ZOOM_OF_FIT,
      (size.width - MARGIN_PX - TOOLS_PX) / width,
      (size.height - above - MARGIN_PX - below) / height,
    );
    const x = Math.min((size.width - width * zoom) / 2, size.width - TOOLS_PX - width * zoom);
    const y = above + Math.max(MARGIN_PX, (size.height - above - below + MARGIN_PX - height * zoom) / 2);
    void flow.setViewport({ x, y, zoom });
  }, [flow, size, above, width, height]);

  useEffect(() => {
    if (!taken.current) fit();
  }, [fit]);

  return {
    fit: useCallback(() => {
      taken.current = false;
      fit();
    }, [fit]),
    /** A person has panned or zoomed. */
    take: useCallback(() => {
      taken.current = true;
    }, []),
  };
}
