/**
 * Keys that work everywhere but where one types: Escape closes, space pauses, Delete cuts the power of the selected machine.
 * Ctrl+Z heals the latest fault. Ctrl+K and / open the command palette. Ctrl+` opens and closes the terminal, also from within it.
 */
import { useEffect } from 'react';
import type { Commands } from '../state/commands';
import type { UiStore } from '../state/store';

const isTyping = (target: EventTarget | undefined): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"]') !== null;

const isControl = (target: EventTarget | undefined): boolean =>
  target instanceof Element && target.closest('button, a, [role="menuitem"], [tabindex="0"]') !== null;

export function useShortcuts(store: UiStore, commands: Commands): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey && event.key === '`') {
        event.preventDefault();
        store.getState().setTerminalOpen(!store.getState().terminalOpen);
        return;
      }
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        store.getState().setPalette(store.getState().palette ? null : { fault: null });
        return;
      }
      if ((event.ctrlKey || event.metaKey) && event.key === 'z' && !isTyping(event.composedPath()[0])) {
        const latest = store.getState().mirror.faults.at(-1);
        if (latest) commands.heal([latest.id]);
        return;
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const state = store.getState();
      // The editor lives in a shadow tree: outside of it only the path tells what was hit.
      const [target] = event.composedPath();
      if (event.key === 'Escape') {
        if (target instanceof Element && target.closest('[role="menu"]')) return; // It closes itself, and nothing else.
        if (state.palette) state.setPalette(null);
        else if (state.lifted !== null) state.lift(null);
        else if (state.editorOpen) state.setEditorOpen(false);
        else if (state.libraryOpen) state.setLibraryOpen(false);
        else if (state.picked.length > 0) state.clearPicks();
        else if (state.selection) state.select(null);
        return;
      }
      if (event.key === '/' && !isTyping(target)) {
        event.preventDefault();
        state.setPalette({ fault: null });
        return;
      }
      if (event.key === 'Delete' && !isTyping(target) && !isControl(target) && state.selection?.kind === 'Machine') {
        commands.powerOff(state.selection.name);
        return;
      }
      if (event.key === ' ' && !isTyping(target) && !isControl(target)) {
        event.preventDefault();
        document.querySelector<HTMLButtonElement>('[data-shortcut="pause"]')?.click();
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [store, commands]);
}
