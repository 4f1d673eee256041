/** Zoom in, out, and back to the whole. */
import { useReactFlow } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { useText } from '../text/text';

const ICON = { size: 15, strokeWidth: 2, 'aria-hidden': true } as const;

export function ZoomControls({ onFit }: { onFit: () => void }) {
  const text = useText();
  const flow = useReactFlow();
  return (
    <div className="zoom-controls" role="group" aria-label={text.stage.zoom}>
      <button type="button" className="icon-button" aria-label={text.stage.zoomIn} onClick={() => void flow.zoomIn()}>
        <Plus {...ICON} />
      </button>
      <button type="button" className="icon-button" aria-label={text.stage.zoomOut} onClick={() => void flow.zoomOut()}>
        <Minus {...ICON} />
      </button>
      <button type="button" className="icon-button" aria-label={text.stage.fit} onClick={onFit}>
        <Maximize {...ICON} />
      </button>
    </div>
  );
}
