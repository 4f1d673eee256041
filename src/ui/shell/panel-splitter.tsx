/** The edge between two panels: drag it, or move it with the arrow keys. */
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useUi, useUiStore } from '../state/store';
import { PANEL_LIMITS, type Panel } from '../state/view-slice';

const KEY_STEP = 24;

interface PanelSplitterProps {
  readonly panel: Panel;
  readonly label: string;
}

export function PanelSplitter({ panel, label }: PanelSplitterProps) {
  const store = useUiStore();
  const size = useUi((state) =>
    panel === 'log' ? state.logHeight : panel === 'terminal' ? state.terminalHeight : state.inspectorWidth,
  );
  const grip = useRef<{ readonly at: number; readonly size: number } | null>(null);
  const upright = panel === 'inspector';
  const along = (event: PointerEvent): number => (upright ? event.clientX : event.clientY);

  const onKeyDown = (event: KeyboardEvent): void => {
    const grow = upright ? 'ArrowLeft' : 'ArrowUp';
    const shrink = upright ? 'ArrowRight' : 'ArrowDown';
    const step = event.key === grow ? KEY_STEP : event.key === shrink ? -KEY_STEP : 0;
    if (step === 0) return;
    event.preventDefault();
    store.getState().resizePanel(panel, size + step);
  };

  return (
    <div
      role="separator"
      className={`splitter splitter-${panel}`}
      aria-orientation={upright ? 'vertical' : 'horizontal'}
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={PANEL_LIMITS[panel].min}
      aria-valuemax={PANEL_LIMITS[panel].max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { at: along(event), size };
      }}
      onPointerMove={(event) => {
        if (grip.current) store.getState().resizePanel(panel, grip.current.size + grip.current.at - along(event));
      }}
      onPointerUp={() => {
        grip.current = null;
      }}
      onPointerCancel={() => {
        grip.current = null;
      }}
    />
  );
}
