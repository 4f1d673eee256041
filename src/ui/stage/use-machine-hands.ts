/** What every machine on the stage answers to: click and keys, the menu, and being held. */
import { useEffect, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { useMachineMenu } from './machine-menu-context';

/** A machine that is held down this long is lifted, before it is moved: so a dock can be seen before one drags. */
const HOLD_MS = 200;
/** A finger that stays where it is for so long asks for the menu. */
const LONG_PRESS_MS = 600;
const STAYS_PX = 8;

const isInsideControl = (event: { target: EventTarget; currentTarget: EventTarget }): boolean =>
  event.target instanceof Element && event.target !== event.currentTarget && event.target.closest('button') !== null;

export function useMachineHands(name: string) {
  const store = useUiStore();
  const commands = useCommands();
  const openMenu = useMachineMenu();
  const hold = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const letGo = (): void => clearTimeout(hold.current);
  useEffect(() => () => clearTimeout(hold.current), []);

  const select = (): void => store.getState().select({ kind: 'Machine', namespace: '', name });

  return {
    tabIndex: 0,
    onClick: (event: MouseEvent) => {
      if (!isInsideControl(event)) select();
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.target !== event.currentTarget) return;
      if (event.key === 'Enter') select();
      else if (event.key === 'Delete') commands.powerOff(name);
      else if (event.key === ' ') store.getState().lift(name);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    onContextMenu: (event: MouseEvent<HTMLElement>) => {
      event.preventDefault();
      letGo();
      openMenu({ machine: name, x: event.clientX, y: event.clientY });
    },
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0 || isInsideControl(event)) return;
      letGo();
      hold.current = setTimeout(() => store.getState().lift(name), HOLD_MS);
      const { clientX: x, clientY: y } = event;
      const press = setTimeout(() => {
        if (event.pointerType !== 'touch') return;
        store.getState().lift(null);
        openMenu({ machine: name, x, y });
        // Else the click that a browser makes of the finger's going would close it.
        const swallow = (end: TouchEvent): void => end.preventDefault();
        addEventListener('touchend', swallow, { once: true, passive: false, capture: true });
      }, LONG_PRESS_MS);
      const move = (moved: globalThis.PointerEvent): void => {
        if (Math.hypot(moved.clientX - x, moved.clientY - y) > STAYS_PX) clearTimeout(press);
      };
      const release = (): void => {
        letGo();
        clearTimeout(press);
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', release);
        removeEventListener('pointercancel', release);
        // The stage puts a dragged machine down itself; one that was only held is put down here, after it.
        setTimeout(() => {
          if (store.getState().lifted === name) store.getState().lift(null);
        });
      };
      addEventListener('pointermove', move);
      addEventListener('pointerup', release);
      addEventListener('pointercancel', release);
    },
  };
}
