/** Keys that work everywhere but where one types: Escape closes, space pauses. */
import { useEffect } from 'react';
import type { UiStore } from '../state/store';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"]') !== null;

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a, [role="menuitem"], [tabindex="0"]') !== null;

export function useShortcuts(store: UiStore): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const state = store.getState();
      if (event.key === 'Escape') {
        if (state.lifted !== null) state.lift(null);
        else if (state.editorOpen) state.setEditorOpen(false);
        else if (state.selection) state.select(null);
        return;
      }
      if (event.key === ' ' && !isTyping(event.target) && !isControl(event.target)) {
        event.preventDefault();
        document.querySelector<HTMLButtonElement>('[data-shortcut="pause"]')?.click();
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [store]);
}
