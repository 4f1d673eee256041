/** An object as YAML, to be read. Keeps its place while the object changes; give another object, and another label, another `key`. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useMemo, useRef } from 'react';
import { stringify } from 'yaml';
import { styleRootOf, yamlBase } from './code-mirror';

/** As `kubectl get -o yaml` writes it: no anchors, no folding. */
const asYaml = (value: unknown): string => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });

/** The smallest single replacement that makes `before` into `after`. */
export function replacement(before: string, after: string): { from: number; to: number; insert: string } {
  let from = 0;
  while (from < before.length && from < after.length && before[from] === after[from]) from++;
  let to = before.length;
  let end = after.length;
  while (to > from && end > from && before[to - 1] === after[end - 1]) {
    to--;
    end--;
  }
  return { from, to, insert: after.slice(from, end) };
}

export function YamlView({ value, label }: { value: unknown; label: string }) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const text = useMemo(() => asYaml(value), [value]);

  useEffect(() => {
    if (!host.current) return undefined;
    const root = styleRootOf(host.current);
    const created = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        extensions: [yamlBase(label), EditorState.readOnly.of(true)],
      }),
    });
    view.current = created;
    return () => {
      created.destroy();
      view.current = null;
    };
  }, [label]);

  useEffect(() => {
    const current = view.current;
    if (!current) return;
    const before = current.state.doc.toString();
    if (before !== text) current.dispatch({ changes: replacement(before, text) });
  }, [text]);

  return <div ref={host} className="yaml-view" />;
}
