/** Tells which machines of a large cluster are elements of the page, as the camera goes. */
import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { SEEN_FROM_FAR, type Seen } from '../stage/large';
import type { StageLayout } from '../stage/layout';
import { mountedNext, nearZoom, partsNext, type View } from './large-cluster';

export function useCameraWatch(layout: StageLayout, onSeen: (seen: Seen) => void): void {
  const flow = useStoreApi();
  const seen = useRef(SEEN_FROM_FAR);

  useEffect(() => {
    let frame = 0;
    const step = (): void => {
      frame = 0;
      const { transform, width, height } = flow.getState();
      const view: View = { transform, width, height };
      const far = transform[2] < nearZoom(layout, view);
      const parts = far ? SEEN_FROM_FAR.parts : partsNext(seen.current.parts);
      const isFirst = parts !== seen.current.parts && !far; // one thing a frame
      const elements = isFirst ? seen.current.elements : mountedNext(seen.current.elements, layout, view);
      if (far === seen.current.far && elements === seen.current.elements && parts === seen.current.parts) return;
      seen.current = { far, elements, parts };
      onSeen(seen.current);
      again(); // until all are there
    };
    const again = (): void => {
      if (frame === 0) frame = requestAnimationFrame(step);
    };
    onSeen(seen.current);
    again();
    const stop = flow.subscribe((now, before) => {
      if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) again();
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [flow, layout, onSeen]);
}
