/** A text editor for manifests. Holds its own text; says what it is when asked. */
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Answer } from '#engine/cluster/door';
import { styleRootOf, yamlBase } from './code-mirror';
import type { Problem } from './check-manifest';
import { diagnosticsFor } from './diagnostics';
import { schemaHelp } from './schema-help';
import { undoAndRedo } from './undo';

export interface YamlEditorHandle {
  text(): string;
  replace(text: string): void;
  /** Marks places; puts the cursor at the first. None: takes the marks away. */
  mark(positions: Answer['positions']): void;
  focus(): void;
}

interface YamlEditorProps {
  readonly ref: Ref<YamlEditorHandle>;
  readonly label: string;
  readonly initialText: string;
  readonly onSubmit: () => void;
  /** Hears what is wrong in the text by the types of the API. */
  readonly onProblems?: (problems: readonly Problem[], text: string) => void;
}

export function YamlEditor({ ref, label, initialText, onSubmit, onProblems }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const submit = useRef(onSubmit);
  const tellProblems = useRef(onProblems);
  const firstText = useRef(initialText);

  useEffect(() => {
    submit.current = onSubmit;
    tellProblems.current = onProblems;
  }, [onSubmit, onProblems]);

  useEffect(() => {
    if (!host.current) return undefined;
    const root = styleRootOf(host.current);
    const created = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: firstText.current,
        extensions: [
          yamlBase(label),
          undoAndRedo,
          drawSelection(),
          highlightActiveLine(),
          lintGutter(),
          schemaHelp((problems) => tellProblems.current?.(problems, view.current?.state.doc.toString() ?? '')),
          keymap.of([
            {
              key: 'Mod-Enter',
              run: () => {
                submit.current();
                return true;
              },
            },
            {
              // The browser's own would take only the lines that are drawn.
              key: 'Mod-a',
              run: (target) => {
                target.dispatch({ selection: { anchor: 0, head: target.state.doc.length } });
                return true;
              },
            },
          ]),
        ],
      }),
    });
    view.current = created;
    created.focus();
    return () => {
      firstText.current = created.state.doc.toString(); // in another language it is another editor
      created.destroy();
      view.current = null;
    };
  }, [label]);

  useImperativeHandle(ref, () => ({
    text: () => view.current?.state.doc.toString() ?? '',
    replace: (text) => {
      const current = view.current;
      if (!current) return;
      current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text }, selection: { anchor: 0 } });
      current.scrollDOM.scrollTop = 0;
    },
    mark: (positions) => {
      const current = view.current;
      if (!current) return;
      const diagnostics = diagnosticsFor(current.state.doc, positions);
      current.dispatch(setDiagnostics(current.state, diagnostics));
      const first = diagnostics[0];
      if (first) {
        const show = EditorView.scrollIntoView(first.from, { y: 'center' });
        current.dispatch({ selection: { anchor: first.from }, effects: show });
        // What is said of it below takes room from the editor, once the page is laid out.
        requestAnimationFrame(() => requestAnimationFrame(() => current.dispatch({ effects: show })));
      }
    },
    focus: () => view.current?.focus(),
  }));

  return <div ref={host} className="yaml-editor" />;
}
