/**
 * `kubectl explain`: what the API server's OpenAPI says of a kind or a field.
 *
 * @source kubernetes kubectl/pkg/cmd/explain/explain.go, kubectl/pkg/explain/{explain.go,v2/templates/plaintext.tmpl}; github.com/mitchellh/go-wordwrap
 */
import type { CustomModel } from '#engine/api/custom/custom-model';
import { typeNameOf } from '#engine/api/openapi/custom';
import { apiModels, isTree, type Json } from '#engine/api/openapi/models';
import { Schemas } from '#engine/api/openapi/schemas';
import { resourceByKind } from '#engine/api/registry';
import { type Call, failed, usage, want } from '../call/context';
import { discover, type Resource, resourceOrNull } from '../call/discovery';
import { type Doing, Failure } from '../call/effects';
import type { Command } from './command';

export const explainCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const [word] = flags.args;
    if (word === undefined)
      throw usage(
        call,
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
      );
    if (flags.args.length > 1) throw usage(call, 'We accept only this format: explain RESOURCE\n');
    const output = flags.text('output', 'plaintext');
    if (output !== 'plaintext') throw failed(`Invalid output format ${JSON.stringify(output)}. Must be plaintext`);
    const { resource, path } = yield* meant(call, word);
    const { group, version, kind } = resource;
    const document = yield* documentOf(call, resource);
    kubectl.out(`${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`);
    const text = new Explanation(document.all, flags.on('recursive')).of(document.schema, path);
    if (text === '') throw failed(`field ${JSON.stringify(path.at(-1) ?? '')} does not exist`);
    kubectl.out(`${text}\n`);
    return 0;
  },
};

/** `deployments.apps.spec.replicas`: the resource, and the fields that lead to what is asked for. */
function* meant(call: Call, word: string): Doing<{ readonly resource: Resource; readonly path: readonly string[] }> {
  const [first = '', ...fields] = word.split('.');
  const wanted = call.flags.text('api-version');
  if (wanted !== '') {
    const { resources } = yield* discover(call);
    const known = yield* resourceOrNull(call, first);
    const found = resources.find((one) => one.apiVersion === wanted && one.resource === (known?.resource ?? first));
    if (found === undefined)
      throw failed(`couldn't find resource for "${gvrText(wanted)}, Resource=${known?.resource ?? first}"`);
    return { resource: found, path: fields };
  }
  const plain = yield* resourceOrNull(call, first);
  if (plain !== null) {
    const rest = fields.join('.');
    for (const named of [`${plain.version}.${plain.group}`, plain.group])
      if (plain.group !== '' && (rest === named || rest.startsWith(`${named}.`)))
        return {
          resource: plain,
          path: rest
            .slice(named.length + 1)
            .split('.')
            .filter(Boolean),
        };
    return { resource: plain, path: fields };
  }
  // A group's name may have to tell which resource is meant.
  for (let end = fields.length; end > 0; end--) {
    const found = yield* resourceOrNull(call, [first, ...fields.slice(0, end)].join('.'));
    if (found !== null) return { resource: found, path: fields.slice(end) };
  }
  throw new Failure(`the server doesn't have a resource type ${JSON.stringify(first)}`);
}

const gvrText = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion : `/${apiVersion}`);

interface Document {
  readonly schema: Json;
  /** All that is referred to. */
  readonly all: Json;
}

/** The part of the OpenAPI document that tells of a resource. The API server says which custom resources are in it. */
function* documentOf(call: Call, { group, apiVersion, kind }: Resource): Doing<Document> {
  const path = `/openapi/v3/${group === '' ? 'api' : 'apis'}/${apiVersion}`;
  const { custom = [] } = yield* want<{ readonly custom?: readonly CustomModel[] }>(call, { method: 'GET', path });
  const schemas = new Schemas(apiModels.code, 'v3', new Map(), custom);
  const added = custom.find((model) => model.kind === kind && `${model.group}/${model.version}` === apiVersion);
  const type = added === undefined ? resourceByKind(apiVersion, kind)?.schema : typeNameOf(added);
  if (type === undefined) throw failed(`GVK ${apiVersion}, Kind=${kind} not found in OpenAPI schema`);
  const schema = schemas.reference(type);
  return { schema, all: schemas.all() };
}

const REFERENCE = '#/components/schemas/';
const DETAILS_WIDTH = 78;
const WIDTH = 76;
const MOST_VALUES = 4;

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

class Explanation {
  readonly #all: Json;
  readonly #recursive: boolean;

  constructor(all: Json, recursive: boolean) {
    this.#all = all;
    this.#recursive = recursive;
  }

  #resolved(schema: Json): Json {
    const named = this.#named(schema);
    return named ?? schema;
  }

  #named(schema: Json): Json | null {
    const reference = schema['$ref'];
    const found = typeof reference === 'string' ? this.#all[reference.slice(REFERENCE.length)] : undefined;
    return isTree(found) ? found : null;
  }

  /** What is at the end of a path of fields; empty: there is no such field. */
  of(schema: Json, path: readonly string[]): string {
    const resolved = this.#resolved(schema);
    const [field, ...rest] = path;
    if (field === undefined) {
      const description = indented(wrapped(this.#description(schema) || '<empty>', WIDTH), 4);
      const fields = this.#fields(schema, 1, new Set());
      return `DESCRIPTION:\n${description}\n${fields === '' ? '' : `FIELDS:\n${fields}`}`;
    }
    const { properties, items, additionalProperties } = resolved;
    const inner = isTree(properties) ? properties[field] : undefined;
    if (isTree(inner)) {
      const head = rest.length === 0 ? `FIELD: ${field} <${this.#type(inner)}>\n${valueLines(inner)}\n\n` : '';
      const found = this.of(inner, rest);
      return found === '' ? '' : head + found;
    }
    if (isTree(items)) return this.of(items, path);
    if (isTree(additionalProperties)) return this.of(additionalProperties, path);
    for (const one of listOf(resolved['allOf'])) {
      const found = this.of(one, path);
      if (found !== '') return found;
    }
    return '';
  }

  #description(schema: Json): string {
    const resolved = this.#resolved(schema);
    const { description, items, additionalProperties } = resolved;
    const own = typeof description === 'string' && description !== '' ? `${description}\n` : '';
    const inner = [...listOf(resolved['allOf']), items, additionalProperties].filter(isTree);
    return own + inner.map((one) => this.#description(one)).join('');
  }

  /** @param above - references that led here */
  #fields(schema: Json, level: number, above: ReadonlySet<unknown>): string {
    const reference = schema['$ref'];
    if (reference !== undefined && above.has(reference)) return '';
    const next = new Set([...above, ...(reference === undefined ? [] : [reference])]);
    const resolved = this.#resolved(schema);
    const properties = isTree(resolved['properties']) ? resolved['properties'] : {};
    const required = (resolved['required'] ?? []) as readonly string[];
    let text = '';
    for (const name of Object.keys(properties).sort()) {
      const field = properties[name];
      if (!isTree(field)) continue;
      text += this.#field(name, field, required.includes(name), level);
      if (this.#recursive) text += this.#fields(field, level + 1, next);
    }
    const { items, additionalProperties } = resolved;
    for (const one of [...listOf(resolved['allOf']), items, additionalProperties])
      if (isTree(one)) text += this.#fields(one, level, next);
    return text;
  }

  #field(name: string, field: Json, required: boolean, level: number): string {
    const indent = 2 * level;
    const line = `${' '.repeat(indent)}${name}\t<${this.#type(field)}>${required ? ' -required-' : ''}${valueList(field, indent)}\n`;
    if (this.#recursive) return line;
    const { description } = field;
    const text = typeof description === 'string' && description !== '' ? description : '<no description>';
    return `${line}${indented(wrapped(text, DETAILS_WIDTH - indent), indent + 2)}\n\n`;
  }

  #type(schema: Json): string {
    const { items, additionalProperties, type } = schema;
    if (isTree(items)) return `[]${this.#type(items)}`;
    if (isTree(additionalProperties)) return `map[string]${this.#type(additionalProperties)}`;
    const [only, second] = listOf(schema['allOf']);
    if (only !== undefined && second === undefined && schema['properties'] === undefined) return this.#type(only);
    const reference = schema['$ref'];
    if (typeof reference === 'string') {
      const own = this.#named(schema)?.['type'];
      if (typeof own === 'string' && own !== 'object') return own;
      return reference.slice(Math.max(reference.lastIndexOf('.'), reference.lastIndexOf('/')) + 1) || 'Object';
    }
    return type === undefined || type === 'object' ? 'Object' : (type as string);
  }
}

const valuesOf = (schema: Json): readonly string[] =>
  ((schema['enum'] ?? []) as readonly (string | number | boolean)[]).map((value) =>
    value === '' ? '""' : String(value),
  );

const valueLines = (schema: Json): string => {
  const values = valuesOf(schema);
  return values.length === 0 ? '' : `ENUM:${values.map((value) => `\n    ${value}`).join('')}`;
};

function valueList(schema: Json, indent: number): string {
  const values = valuesOf(schema);
  if (values.length === 0) return '';
  const shown = values.slice(0, MOST_VALUES).join(', ');
  return `\n${' '.repeat(indent)}enum: ${shown}${values.length > MOST_VALUES ? ', ....' : ''}`;
}

const indented = (text: string, by: number): string => ' '.repeat(by) + text.replaceAll('\n', `\n${' '.repeat(by)}`);

/** Breaks lines between words; a word that is longer than a line stays whole. */
function wrapped(text: string, width: number): string {
  let out = '';
  let [word, space] = ['', ''];
  let current = 0;
  for (const letter of text) {
    if (letter === '\n') {
      if (word === '') {
        if (current + space.length <= width) out += space;
      } else out += space + word;
      [word, space, current] = ['', '', 0];
      out += letter;
    } else if (letter === ' ' || letter === '\t') {
      if (space === '' || word !== '') {
        current += space.length + word.length;
        out += space + word;
        [word, space] = ['', ''];
      }
      space += letter;
    } else {
      word += letter;
      if (current + word.length + space.length > width && word.length < width) {
        out += '\n';
        [current, space] = [0, ''];
      }
    }
  }
  if (word !== '') return out + space + word;
  return current + space.length <= width ? out + space : out;
}
