/**
 * The formats of `-o`, beside tables.
 *
 * @source kubernetes cli-runtime/pkg/{genericclioptions,printers}, kubectl/pkg/cmd/get/{get_flags,customcolumn}.go
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, sortedKeys } from '#engine/api/json';
import type { KubeObject } from '#engine/api/types';
import { type Doing, type Failure, readFile } from '../call/effects';
import { failed } from '../call/context';
import type { Flags } from '../call/flags';
import { goTemplateText } from './go-template';
import { JsonPathError, parseTemplate, relaxedPath, templateText, templateValues } from './json-path';
import { kyamlText } from './kyaml';
import { rowsText } from './tab-writer';
import { yamlText } from './yaml';

/** Prints objects: one as it is, several as a List. */
export interface Printer {
  /** True: several objects are one List to it. */
  readonly lists: boolean;
  readonly prints: (value: JsonObject) => string;
}

const JSON_FORMATS: Readonly<Record<string, (value: JsonObject) => string>> = {
  json: (value) => jsonText(value),
  yaml: yamlText,
  kyaml: kyamlText,
};
/** They take nothing after a `=`. */
const PLAIN_WORDS = [...Object.keys(JSON_FORMATS), 'name'];
const TEMPLATES = ['go-template', 'go-template-file', 'template', 'templatefile'];
const PATHS = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file'];
const COLUMNS = ['custom-columns', 'custom-columns-file'];

export const PLAIN_FORMATS: readonly string[] = [
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'name',
  'template',
  'templatefile',
  'yaml',
];
/** Of `get`, too. */
export const GET_FORMATS: readonly string[] = [...PLAIN_FORMATS, ...COLUMNS, 'wide'].sort();

export const noSuchFormat = (given: string, formats: readonly string[]): Failure =>
  failed(
    `unable to match a printer suitable for the output format ${JSON.stringify(given)}, allowed formats are: ${formats.join(',')}`,
  );

/** The printer that the flags ask for; null: they ask for none of these. */
export function* printerOf(flags: Flags, formats: readonly string[] = PLAIN_FORMATS): Doing<Printer | null> {
  const given = flags.text('output') === '' && flags.has('template') ? 'go-template' : flags.text('output');
  if (given === '' || given === 'wide') return null;
  const equals = given.indexOf('=');
  const named = equals < 0 ? given : given.slice(0, equals);
  const format = PLAIN_WORDS.includes(given.toLowerCase()) ? given.toLowerCase() : named;
  if (!formats.includes(format) || (equals >= 0 && [...PLAIN_WORDS, 'wide'].includes(format)))
    throw noSuchFormat(given, formats);
  const argument = equals < 0 ? flags.text('template') : given.slice(equals + 1);
  const managed = flags.on('show-managed-fields');
  const textOf = JSON_FORMATS[format];
  if (textOf !== undefined)
    return { lists: true, prints: (value) => textOf(managed ? value : withoutManagedFields(value)) };
  if (format === 'name') return { lists: false, prints: (value) => `${objectName(value)}\n` };
  if (COLUMNS.includes(format)) return yield* customColumns(format, argument, flags);
  if (argument === '') throw failed('template format specified but no template given');
  const source = format.endsWith('file') ? yield* readFile(argument) : argument;
  if (source === null)
    throw failed(`error reading --template ${argument}, open ${argument}: no such file or directory\n`.trimEnd());
  const allowMissing = flags.on('allow-missing-template-keys', true);
  if (PATHS.includes(format)) return jsonPathPrinter(format, source, allowMissing);
  if (TEMPLATES.includes(format))
    return { lists: true, prints: (value) => goTemplateText(source, value, allowMissing) };
  return null;
}

function jsonPathPrinter(format: string, source: string, allowMissing: boolean): Printer {
  const template = parseTemplate(source);
  return {
    lists: true,
    prints(value) {
      try {
        if (format !== 'jsonpath-as-json') return templateText(template, value, allowMissing);
        return jsonText(templateValues(template, value, allowMissing));
      } catch (error) {
        if (error instanceof JsonPathError)
          throw failed(
            `error executing jsonpath ${JSON.stringify(source)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\tobject given to jsonpath engine was:\n\t\t${goText(value)}\n\n\n`,
          );
        throw error;
      }
    },
  };
}

/** A value as Go's `%#v` prints it. */
export function goText(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null) return 'interface {}(nil)';
  if (isJsonArray(value)) return `[]interface {}{${value.map(goText).join(', ')}}`;
  if (isJsonObject(value))
    return `map[string]interface {}{${sortedKeys(value)
      .map((key) => `${JSON.stringify(key)}:${goText(value[key]!)}`)
      .join(', ')}}`;
  return String(value);
}

/** `pod/web`, `deployment.apps/web`. */
export function objectName(value: JsonObject): string {
  const { apiVersion = '', kind = '', metadata } = value as unknown as Partial<KubeObject>;
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${apiVersion.slice(0, slash)}`;
  return `${kind.toLowerCase()}${group}/${metadata?.name || '<unknown>'}`;
}

export function withoutManagedFields(value: JsonObject): JsonObject {
  const { items, metadata } = value;
  const own =
    isJsonObject(metadata) && 'managedFields' in metadata ? { ...metadata, managedFields: undefined } : metadata;
  const copy = { ...value, ...(metadata === undefined ? {} : { metadata: own }) } as JsonObject;
  if (!isJsonArray(items)) return copy;
  return { ...copy, items: items.map((item) => (isJsonObject(item) ? withoutManagedFields(item) : item)) };
}

/** Go's JSON, indented, with the characters of HTML escaped. */
export const jsonText = (value: JsonValue): string =>
  `${JSON.stringify(sortedDeep(value), null, 4).replace(/[<>&\u2028\u2029]/g, (symbol) => `\\u${symbol.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;

function sortedDeep(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(sortedDeep);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    sortedKeys(value)
      .filter((key) => value[key] !== undefined)
      .map((key) => [key, sortedDeep(value[key]!)]),
  );
}

/** Several objects as one. */
export const listOf = (items: readonly JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
});

function* customColumns(format: string, argument: string, flags: Flags): Doing<Printer> {
  if (argument === '')
    throw failed(
      `${format.endsWith('file') ? 'custom-columns-file' : 'custom-columns'} format specified but no custom columns${format.endsWith('file') ? ' file' : ''} given`,
    );
  let columns: { readonly header: string; readonly path: string }[];
  if (format === 'custom-columns-file') {
    const text = yield* readFile(argument);
    if (text === null)
      throw failed(`error reading template ${argument}, open ${argument}: no such file or directory\n`.trimEnd());
    const [headers = '', paths = ''] = text.split('\n').map((line) => line.trim());
    const words = paths.split(/\s+/);
    columns = headers.split(/\s+/).map((header, index) => ({ header, path: words[index] ?? '' }));
  } else
    columns = argument.split(',').map((part) => {
      const colon = part.indexOf(':');
      if (colon < 0) throw failed(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
      return { header: part.slice(0, colon), path: part.slice(colon + 1) };
    });
  const templates = columns.map(({ path }) => parseTemplate(relaxedPath(path)));
  const widths: number[] = [];
  let begun = flags.on('no-headers');
  return {
    lists: true,
    prints(value) {
      const objects = isJsonArray(value['items']) ? (value['items'] as readonly JsonObject[]) : [value];
      const rows = objects.map((object) =>
        templates.map((template) => {
          const found = valuesOrNone(template, object);
          return found.length === 0 ? '<none>' : found.map(cellText).join(',');
        }),
      );
      const headers = begun ? [] : [columns.map(({ header }) => header)];
      begun = true;
      return rowsText([...headers, ...rows], widths);
    },
  };
}

function valuesOrNone(template: ReturnType<typeof parseTemplate>, object: JsonObject): readonly JsonValue[] {
  try {
    return templateValues(template, object);
  } catch (error) {
    if (error instanceof JsonPathError) return [];
    throw error;
  }
}

/** A value as Go's `%v` prints it. */
export function cellText(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (isJsonArray(value)) return `[${value.map(cellText).join(' ')}]`;
  if (isJsonObject(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${cellText(value[key]!)}`)
      .join(' ')}]`;
  return String(value);
}
