/** What the editor and the read-only view of YAML share. Loaded only when one of them is opened. */
import { yaml } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';

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
  '.tok-propertyName, .tok-definition': { color: 'var(--accent)' },
  '.tok-string, .tok-literal': { color: 'var(--ok)' },
  '.tok-number, .tok-bool, .tok-keyword, .tok-atom': { color: 'var(--amber)' },
  '.tok-comment, .tok-meta, .tok-punctuation': { color: 'var(--dim)' },
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
  syntaxHighlighting(classHighlighter),
  lineNumbers(),
  look,
  EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
];
