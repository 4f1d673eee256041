/** Completion, hover documentation and validation of manifests by the types of the API. The types come when they are needed. */
import {
  autocompletion,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  hoverTooltip,
  keymap,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import type { Models } from '#engine/api/openapi/models';
import { problemsIn, type Problem } from './check-manifest';
import { placeAt, typeText } from './schema';

/** Real milliseconds without typing before the text is checked. */
const PAUSE_MS = 400;

let loaded: Promise<Models> | null = null;

/** The models; null while they cannot be had: offline, nobody helps. The next question tries again. */
async function models(): Promise<Models | null> {
  loaded ??= import('#host/worker/api-models').then((module) => module.models);
  try {
    return await loaded;
  } catch {
    loaded = null;
    return null;
  }
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w.-]*/);
  if (word === null || (word.from === word.to && !context.explicit)) return null;
  const known = await models();
  if (known === null) return null;
  const line = context.state.doc.lineAt(context.pos);
  const { model, siblings, key } = placeAt(context.state.doc.toString(), context.pos, known);
  if (model === null) return null;
  if (key !== null && /:\s/.test(line.text.slice(0, word.from - line.from))) {
    const [code, , values] = Object.hasOwn(model.fields, key) ? model.fields[key]! : ['', ''];
    const options = values ?? (code === 'b' ? ['true', 'false'] : []);
    if (options.length === 0) return null;
    return { from: word.from, options: options.map((label) => ({ label, type: 'enum' })), validFor: /^[\w.-]*$/ };
  }
  const options = Object.entries(model.fields)
    .filter(([name]) => !siblings.has(name))
    .map(([label, [code, description]]) => ({
      label,
      type: 'property',
      detail: typeText(code),
      info: description,
      apply: /^[a-z*]$/.test(code) ? `${label}: ` : `${label}:`,
      boost: model.required.includes(label) ? 1 : 0,
    }));
  return { from: word.from, options, validFor: /^[\w.-]*$/ };
}

const KEY = /^ *(?:- +)*"?([A-Za-z_][\w./-]*)"?:/;

function tooltip(head: string, said: string): HTMLElement {
  const dom = document.createElement('div');
  dom.className = 'cm-field-help';
  dom.appendChild(document.createElement('strong')).textContent = head;
  dom.appendChild(document.createElement('p')).textContent = said;
  return dom;
}

const documentation = hoverTooltip(async (view, position) => {
  const line = view.state.doc.lineAt(position);
  const [whole = '', name = ''] = KEY.exec(line.text) ?? [];
  const start = line.from + whole.lastIndexOf(name);
  if (name === '' || position < start || position > start + name.length) return null;
  const known = await models();
  if (known === null) return null;
  const { model } = placeAt(view.state.doc.toString(), start, known);
  const field = model !== null && Object.hasOwn(model.fields, name) ? model.fields[name] : undefined;
  if (field === undefined) return null;
  return {
    pos: start,
    end: start + name.length,
    create: () => ({ dom: tooltip(`${name}: ${typeText(field[0])}`, field[1]) }),
  };
});

const found = StateEffect.define<readonly Problem[]>();
const mark = Decoration.mark({ class: 'cm-schema-problem' });

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, { effects, changes, state }) {
    for (const effect of effects) {
      if (!effect.is(found)) continue;
      const ranges = effect.value
        .map(({ from, to }) => mark.range(from, Math.min(Math.max(to, from + 1), state.doc.lineAt(from).to)))
        .filter(({ from, to }) => from < to);
      return Decoration.set(ranges, true);
    }
    return value.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Checks the text when nobody has typed for a while, and tells what it has found. */
const checker = (onProblems: (problems: readonly Problem[]) => void): Extension =>
  ViewPlugin.define((view) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const check = async (): Promise<void> => {
      const { doc } = view.state;
      const known = doc.length === 0 ? null : await models();
      if (gone || view.state.doc !== doc) return;
      const problems = known === null ? [] : problemsIn(doc.toString(), known);
      view.dispatch({ effects: found.of(problems) });
      onProblems(problems);
    };
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void check(), PAUSE_MS);
    };
    later();
    return {
      update: ({ docChanged }: ViewUpdate) => {
        if (docChanged) later();
      },
      destroy: () => {
        gone = true;
        clearTimeout(timer);
      },
    };
  });

const look = EditorView.theme({
  '.cm-field-help': { maxWidth: '380px', maxHeight: '220px', overflow: 'auto', padding: '8px 12px', fontSize: '12px' },
  '.cm-field-help p': { margin: '4px 0 0', whiteSpace: 'pre-wrap', color: 'var(--dim)' },
  '.cm-schema-problem': { textDecoration: 'underline wavy var(--amber)', textUnderlineOffset: '3px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-strong)',
    color: '#fff',
  },
  '.cm-completionDetail': { color: 'var(--dim)', fontStyle: 'normal' },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '300px', padding: '6px 10px', fontSize: '12px' },
});

/** @param onProblems - hears what is wrong in the text by the types, each time that it was checked */
export const schemaHelp = (onProblems: (problems: readonly Problem[]) => void): Extension => [
  autocompletion({ override: [complete], icons: false }),
  keymap.of(completionKeymap),
  documentation,
  marks,
  checker(onProblems),
  look,
];
