/** What the editor and the read-only view of YAML share. Loaded only when one of them is opened. */
import { yaml } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';

/** Classes for the tags that the YAML grammar gives, by the names of the tags. */
const CLASSES: Readonly<Record<string, string>> = {
  'definition(propertyName)': 'tok-key',
  string: 'tok-string',
  content: 'tok-string',
  'special(string)': 'tok-mark',
  lineComment: 'tok-quiet',
  meta: 'tok-quiet',
  separator: 'tok-quiet',
  punctuation: 'tok-quiet',
  squareBracket: 'tok-quiet',
  brace: 'tok-quiet',
  labelName: 'tok-mark',
  typeName: 'tok-mark',
  keyword: 'tok-mark',
};

function classOf(tags: readonly { toString(): string }[]): string | null {
  const classes = tags.flatMap((tag) => CLASSES[tag.toString()] ?? []);
  return classes.length === 0 ? null : classes.join(' ');
}

/** Colours are the page's own tokens, so that both themes hold. */
const look = EditorView.theme({
  '&': { height: '100%', fontSize: '12.5px', color: 'var(--ink)', backgroundColor: 'transparent' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--dim)', border: 'none' },
  '.cm-content': { caretColor: 'var(--accent)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-cursor': { borderLeftColor: 'var(--accent)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--selection) !important',
  },
  '.tok-key': { color: 'var(--accent)' },
  '.tok-string': { color: 'var(--ink)' },
  '.tok-mark': { color: 'var(--ok)' },
  '.tok-quiet': { color: 'var(--dim)' },
  '.cm-tooltip': { backgroundColor: 'var(--card)', color: 'var(--ink)', border: '1px solid var(--line)' },
});

/**
 * Where an editor's own style sheets may live under a Content-Security-Policy that forbids inline styles: in a shadow tree
 * they are constructed instead of written.
 */
export const styleRootOf = (host: HTMLElement): ShadowRoot => host.shadowRoot ?? host.attachShadow({ mode: 'open' });

/** YAML with line numbers in the page's look. `label` is the accessible name. */
export const yamlBase = (label: string): Extension => [
  yaml(),
  syntaxHighlighting({ style: classOf }),
  lineNumbers(),
  look,
  EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
];
