/** Where a place in a manifest is among the types of the API. By indentation alone: what is being typed need not be YAML yet. Pure. */
import type { Model, Models } from '#engine/api/openapi/models';

export interface Place {
  /** The type whose fields can stand here; null: not known, or anything may stand here. */
  readonly model: Model | null;
  /** The keys that lead here. */
  readonly path: readonly string[];
  /** Keys that stand beside this place already. */
  readonly siblings: ReadonlySet<string>;
  /** The key of the line, when the place is behind it. */
  readonly key: string | null;
}

interface Line {
  /** Of the key: behind the dashes of lists. */
  readonly indent: number;
  readonly key: string | null;
  /** A new element of a list begins. */
  readonly dash: boolean;
  readonly rest: string;
}

const LINE = /^( *)((?:- +)*)(?:"?([A-Za-z_][\w./-]*)"?:(?= |$))?(.*)$/;
const BLOCK = /[|>][+-]?\d?\s*$/;

function lineOf(text: string): Line {
  const [, spaces = '', dashes = '', key, rest = ''] = LINE.exec(text) ?? [];
  return { indent: spaces.length + dashes.length, key: key ?? null, dash: dashes !== '', rest };
}

const groupOf = (apiVersion: string): readonly [group: string, version: string] => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['core', apiVersion] : [apiVersion.slice(0, slash).split('.', 1)[0]!, apiVersion.slice(slash + 1)];
};

/** The name of the type of a kind in `models`; null for custom and unknown ones. */
export function typeOfKind(models: Models, apiVersion: string, kind: string): string | null {
  const [group, version] = groupOf(apiVersion);
  for (const type of [kind, `${group}.${kind}`]) {
    const model = Object.hasOwn(models, type) ? models[type] : undefined;
    if (model?.name.endsWith(`.${group}.${version}.${kind}`) === true) return type;
  }
  return null;
}

/** The type of what a field holds, with lists and maps taken off: how many of each, outermost first. */
export const strip = (code: string): readonly [wraps: string, inner: string] => {
  const [wraps = ''] = /^[[{]*/.exec(code) ?? [];
  return [wraps, code.slice(wraps.length)];
};

const modelNamed = (models: Models, type: string): Model | null => (Object.hasOwn(models, type) ? models[type]! : null);

/** The model at the end of a path of keys from a root type. Lists take no key, maps take one. */
function modelAt(models: Models, root: string, path: readonly string[]): Model | null {
  let model = modelNamed(models, root);
  for (let at = 0; at < path.length; at++) {
    const field = model !== null && Object.hasOwn(model.fields, path[at]!) ? model.fields[path[at]!] : undefined;
    if (field === undefined) return null;
    const [wraps, inner] = strip(field[0]);
    if (wraps.includes('{')) at++;
    model = modelNamed(models, inner);
  }
  return model;
}

/**
 * @param offset - of the cursor in the text
 */
export function placeAt(text: string, offset: number, models: Models): Place {
  const before = text.slice(0, offset);
  const start = Math.max(before.lastIndexOf('\n---'), before.startsWith('---') ? 0 : -1);
  const from = start < 0 ? 0 : before.indexOf('\n', start + 1) + 1;
  const next = text.indexOf('\n---', offset);
  const document = text.slice(from, next < 0 ? undefined : next);
  const lines = document.split('\n');
  const here = text.slice(from, offset).split('\n').length - 1;
  const typed = text.slice(from, offset).split('\n').at(-1) ?? '';
  const current = lineOf(typed);
  const stack: { readonly indent: number; readonly key: string }[] = [];
  let block = -1;
  lines.forEach((raw, number) => {
    if (raw.trim() === '' || raw.trimStart().startsWith('#')) return;
    const line = lineOf(raw);
    if (block >= 0 && line.indent > block) return;
    block = -1;
    if (number >= here) return;
    while (stack.length > 0 && stack.at(-1)!.indent >= line.indent) stack.pop();
    if (line.key === null) return;
    stack.push({ indent: line.indent, key: line.key });
    if (BLOCK.test(line.rest)) block = line.indent;
  });
  while (stack.length > 0 && stack.at(-1)!.indent >= current.indent) stack.pop();
  const path = stack.map(({ key }) => key);
  const kind = /^kind: *"?([\w.-]+)/m.exec(document)?.[1] ?? '';
  const apiVersion = /^apiVersion: *"?([\w./-]+)/m.exec(document)?.[1] ?? '';
  const root = typeOfKind(models, apiVersion, kind);
  return {
    model: root === null ? null : modelAt(models, root, path),
    path,
    siblings: siblingsAt(lines, here, current),
    key: current.key,
  };
}

/** The keys beside a line: at the same indentation, up and down to where something less indented or another element begins. */
function siblingsAt(lines: readonly string[], here: number, current: Line): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (step: 1 | -1): void => {
    if (step === -1 && current.dash) return;
    for (let at = here + step; at >= 0 && at < lines.length; at += step) {
      if (lines[at]!.trim() === '') continue;
      const line = lineOf(lines[at]!);
      if (line.indent < current.indent || (step === 1 && line.indent === current.indent && line.dash)) return;
      if (line.indent !== current.indent || line.key === null) continue;
      found.add(line.key);
      if (step === -1 && line.dash) return;
    }
  };
  look(-1);
  look(1);
  return found;
}

const SCALARS: Readonly<Record<string, string>> = {
  s: 'string',
  b: 'boolean',
  i: 'integer',
  l: 'integer',
  f: 'number',
  y: 'bytes',
  q: 'Quantity',
  x: 'integer or string',
  t: 'Time',
  m: 'MicroTime',
  '*': 'anything',
};

/** A field's type in the words of `kubectl explain`, e.g. `[]Container`, `map[string]string`. */
export function typeText(code: string): string {
  const [wraps, inner] = strip(code);
  const prefix = wraps.replaceAll('[', '[]').replaceAll('{', 'map[string]');
  return `${prefix}${SCALARS[inner] ?? inner.slice(inner.lastIndexOf('.') + 1)}`;
}
