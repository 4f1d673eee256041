/** Files dropped anywhere on the page, and text pasted where nobody types, go into the editor. What reads them comes when it is needed. */
import { useEffect } from 'react';
import type { UiStore } from '../state/store';

const TYPES_HERE = 'input, textarea, select, dialog, [contenteditable="true"], .yaml-editor, .terminal';

export function useDroppedManifests(store: UiStore): void {
  useEffect(() => {
    const allow = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void import('../editor/take-files').then(({ takeFiles }) => takeFiles(files, store));
    };
    const paste = (event: ClipboardEvent): void => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const isTyped = event.composedPath().some((on) => on instanceof Element && on.matches(TYPES_HERE));
      if (text === '' || isTyped) return;
      event.preventDefault();
      void import('../editor/take-files').then(({ takeText }) => takeText(text, store));
    };
    addEventListener('dragover', allow);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', allow);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, [store]);
}
