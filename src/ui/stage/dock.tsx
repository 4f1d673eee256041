/** The power-off dock: there while a machine is lifted. Dropping it, or pressing the dock, cuts its power. */
import { Power } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';

/** Marks the dock for whoever has to know whether something hangs over it. */
export const DOCK_ID = 'power-off-dock';

/** Whether a point on the screen is over the dock. */
export function isOverDock(x: number, y: number): boolean {
  const box = document.getElementById(DOCK_ID)?.getBoundingClientRect();
  return box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

export function Dock({ byKeyboard }: { byKeyboard: boolean }) {
  const text = useText();
  const store = useUiStore();
  const commands = useCommands();
  const lifted = useUi((state) => state.lifted);
  const overDock = useUi((state) => state.overDock);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (lifted !== null && byKeyboard) button.current?.focus();
  }, [lifted, byKeyboard]);

  if (lifted === null) return null;
  const putDown = (): void => {
    store.getState().lift(null);
    document.querySelector<HTMLElement>(`[data-kind="Machine"][data-name="${CSS.escape(lifted)}"]`)?.focus();
  };
  return (
    <button
      ref={button}
      id={DOCK_ID}
      type="button"
      className="dock"
      data-over={overDock}
      aria-label={text.dock.name}
      aria-describedby="dock-hint"
      onClick={() => {
        commands.powerOff(lifted);
        putDown();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        putDown();
      }}
    >
      <Power size={20} strokeWidth={2.2} aria-hidden="true" />
      <span id="dock-hint">{text.dock.hint(lifted)}</span>
    </button>
  );
}
