/** Undo and redo for the editor: changes kept as their inverses, typing that follows at once counted as one. */
import { Annotation, StateField, type ChangeSet, type Extension } from '@codemirror/state';
import { keymap, type EditorView } from '@codemirror/view';

interface Step {
  /** Takes the document back. */
  readonly inverse: ChangeSet;
  readonly atMs: number;
}

interface Steps {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

/** Real milliseconds within which typing is one step. */
const TOGETHER_MS = 500;
const STEP_CAP = 200;

const fromHistory = Annotation.define<'undo' | 'redo'>();

const steps = StateField.define<Steps>({
  create: () => ({ done: [], undone: [] }),
  update: ({ done, undone }, transaction) => {
    if (!transaction.docChanged) return { done, undone };
    const inverse = transaction.changes.invert(transaction.startState.doc);
    const origin = transaction.annotation(fromHistory);
    const step = { inverse, atMs: Date.now() };
    if (origin === 'undo') return { done: done.slice(0, -1), undone: [...undone, step] };
    if (origin === 'redo') return { done: [...done, step], undone: undone.slice(0, -1) };
    const last = done.at(-1);
    if (last && transaction.isUserEvent('input.type') && step.atMs - last.atMs < TOGETHER_MS) {
      return { done: [...done.slice(0, -1), { ...step, inverse: inverse.compose(last.inverse) }], undone: [] };
    }
    return { done: [...done, step].slice(-STEP_CAP), undone: [] };
  },
});

function go(view: EditorView, way: 'undo' | 'redo'): boolean {
  const { done, undone } = view.state.field(steps);
  const step = (way === 'undo' ? done : undone).at(-1);
  if (step) view.dispatch({ changes: step.inverse, annotations: fromHistory.of(way), scrollIntoView: true });
  return true;
}

/** Ctrl+Z, Ctrl+Y and Ctrl+Shift+Z. */
export const undoAndRedo: Extension = [
  steps,
  keymap.of([
    { key: 'Mod-z', run: (view) => go(view, 'undo'), preventDefault: true },
    { key: 'Mod-y', run: (view) => go(view, 'redo'), preventDefault: true },
    { key: 'Mod-Shift-z', run: (view) => go(view, 'redo'), preventDefault: true },
  ]),
];
