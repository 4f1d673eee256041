/** What is wrong in a manifest by the types of the API, before anybody is asked. Pure. */
import { isMap, isScalar, isSeq, parseAllDocuments, type Node, type Pair } from 'yaml';
import type { Model, Models } from '#engine/api/openapi/models';
import { strip, typeOfKind, typeText } from './schema';

export interface Problem {
  /** Offsets in the text. */
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** Longer texts are checked by the API server alone. */
const MOST_CHECKED = 200_000;
const MOST_PROBLEMS = 50;

const rangeOf = (node: unknown): readonly [number, number] => {
  const { range } = node as { readonly range?: readonly [number, number, number] | null };
  return range ? [range[0], range[1]] : [0, 0];
};

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  s: (value) => typeof value === 'string',
  y: (value) => typeof value === 'string',
  t: (value) => typeof value === 'string' || value instanceof Date,
  m: (value) => typeof value === 'string' || value instanceof Date,
  b: (value) => typeof value === 'boolean',
  i: (value) => Number.isInteger(value),
  l: (value) => Number.isInteger(value),
  f: (value) => typeof value === 'number',
  q: (value) => typeof value === 'string' || typeof value === 'number',
  x: (value) => typeof value === 'string' || Number.isInteger(value),
};

class Checker {
  readonly problems: Problem[] = [];
  readonly #models: Models;

  constructor(models: Models) {
    this.#models = models;
  }

  #say(node: unknown, message: string): void {
    const [from, to] = rangeOf(node);
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ from, to, message });
  }

  /** @param values - those that a scalar may have, if they are few */
  check(node: Node | null, code: string, path: string, values?: readonly string[]): void {
    if (node === null || (isScalar(node) && node.value === null)) return;
    const [wrap] = code;
    const rest = code.slice(1);
    if (wrap === '[') {
      if (!isSeq(node)) return this.#say(node, `${path}: a list (${typeText(code)}) is expected`);
      node.items.forEach((item, index) => this.check(item as Node, rest, `${path}[${index}]`, values));
      return;
    }
    if (wrap === '{') {
      if (!isMap(node)) return this.#say(node, `${path}: a map (${typeText(code)}) is expected`);
      for (const { key, value } of node.items as readonly Pair<Node, Node | null>[]) {
        this.check(value, rest, `${path}[${String(isScalar(key) ? key.value : '')}]`, values);
      }
      return;
    }
    const model = Object.hasOwn(this.#models, code) ? this.#models[code]! : null;
    if (model !== null && !(code in FITS)) return this.#object(node, model, path);
    const fits = FITS[strip(code)[1]];
    if (fits === undefined) return;
    if (!isScalar(node) || !fits(node.value)) return this.#say(node, `${path}: ${typeText(code)} is expected`);
    if (values !== undefined && typeof node.value === 'string' && !values.includes(node.value)) {
      this.#say(node, `${path}: supported values: ${values.map((value) => `"${value}"`).join(', ')}`);
    }
  }

  #object(node: Node, model: Model, path: string): void {
    if (Object.keys(model.fields).length === 0) return;
    if (!isMap(node))
      return this.#say(node, `${path}: ${model.name.slice(model.name.lastIndexOf('.') + 1)} is expected`);
    const seen = new Set<string>();
    for (const { key, value } of node.items as readonly Pair<Node, Node | null>[]) {
      const name = isScalar(key) ? String(key.value) : '';
      const inner = path === '' ? name : `${path}.${name}`;
      seen.add(name);
      const field = Object.hasOwn(model.fields, name) ? model.fields[name] : undefined;
      if (field === undefined) this.#say(key, `unknown field "${inner}"`);
      else this.check(value, field[0], inner, field[2]);
    }
    for (const name of model.required) {
      if (!seen.has(name)) this.#say(node, `missing required field "${path === '' ? name : `${path}.${name}`}"`);
    }
  }
}

/** Empty when nothing is wrong, and for what is no YAML: the API server's own words tell that. */
export function problemsIn(text: string, models: Models): readonly Problem[] {
  if (text.length > MOST_CHECKED) return [];
  const checker = new Checker(models);
  for (const document of parseAllDocuments(text)) {
    if (!('contents' in document) || document.errors.length > 0) continue;
    const root = document.contents;
    if (!isMap(root)) continue;
    const [apiVersion, kind] = [root.get('apiVersion'), root.get('kind')];
    const type = typeOfKind(models, String(apiVersion), String(kind));
    if (type !== null) checker.check(root, type, '');
  }
  return checker.problems;
}
