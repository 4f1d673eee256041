/**
 * Paths into API objects: `spec.replicas`, `status.conditions[type=Ready].status`, `spec.containers[0].image`,
 * `metadata.labels['app.kubernetes.io/name']`, `status.containerStatuses[*].ready`; kubectl's JSONPath spellings of the same
 * (`{.status.conditions[?(@.type=="Ready")].status}`) too.
 */
export type Segment =
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'index'; readonly index: number }
  /** The items of a list whose field has this value, in any case where `anyCase`. */
  | { readonly type: 'items'; readonly key: string; readonly value: string; readonly anyCase: boolean }
  | { readonly type: 'all' };

export type FieldPath = readonly Segment[];

export type ParsedFieldPath =
  { readonly ok: true; readonly path: FieldPath } | { readonly ok: false; readonly error: string };

/** Reads a path. */
export function parseFieldPath(text: string): ParsedFieldPath {
  const bare = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  const path: Segment[] = [];
  let at = bare.startsWith('.') ? 1 : 0;
  const fail = (error: string): ParsedFieldPath => ({ ok: false, error: `${error} in the path "${text}"` });
  if (at === bare.length) return fail('nothing');
  while (at < bare.length) {
    if (bare[at] === '[') {
      const end = closingBracket(bare, at);
      if (end < 0) return fail('a [ without its ]');
      const segment = bracketSegment(bare.slice(at + 1, end));
      if (segment === null) return fail(`"${bare.slice(at, end + 1)}" is none of [0], [*], [type=Ready], ['a.key']`);
      path.push(segment);
      at = end + 1;
    } else {
      const { key, end } = keyFrom(bare, at);
      if (key === '') return fail('an empty name');
      path.push({ type: 'key', key });
      at = end;
    }
    if (bare[at] === '.') {
      at++;
      if (at === bare.length) return fail('a dot at the end');
    } else if (at < bare.length && bare[at] !== '[') return fail(`"${bare[at]}" where a dot or a [ is expected`);
  }
  return { ok: true, path };
}

/** A name up to the next dot or bracket; `\.` is a dot that belongs to it. */
function keyFrom(text: string, start: number): { readonly key: string; readonly end: number } {
  let key = '';
  let at = start;
  while (at < text.length && text[at] !== '.' && text[at] !== '[') {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    key += text[at];
    at++;
  }
  return { key, end: at };
}

/** The bracket that ends the one at `start`; brackets inside quotes do not count. */
function closingBracket(text: string, start: number): number {
  let quote = '';
  for (let at = start + 1; at < text.length; at++) {
    const symbol = text.charAt(at);
    if (quote !== '') quote = symbol === quote ? '' : quote;
    else if (symbol === '"' || symbol === "'") quote = symbol;
    else if (symbol === ']') return at;
  }
  return -1;
}

function bracketSegment(text: string): Segment | null {
  if (text === '*') return { type: 'all' };
  if (/^\d{1,9}$/.test(text)) return { type: 'index', index: Number(text) };
  const quoted = unquoted(text);
  if (quoted !== text) return { type: 'key', key: quoted };
  const filter = /^\?\(@\.([^=\s]+)\s*==\s*(.+)\)$/.exec(text) ?? /^([^=\s]+)=(.*)$/.exec(text);
  return filter === null ? null : { type: 'items', key: filter[1]!, value: unquoted(filter[2]!), anyCase: false };
}

function unquoted(text: string): string {
  const first = text[0];
  const isQuoted = text.length >= 2 && (first === '"' || first === "'") && text.at(-1) === first;
  return isQuoted ? text.slice(1, -1) : text;
}

/** All values that a path leads to; what is absent or null is none. */
export function valuesAt(object: unknown, path: FieldPath): unknown[] {
  let values: unknown[] = [object];
  for (const segment of path) values = values.flatMap((value) => step(value, segment));
  return values.filter((value) => value !== undefined && value !== null);
}

function step(value: unknown, segment: Segment): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  switch (segment.type) {
    case 'key':
      return Object.hasOwn(value, segment.key) ? [(value as Readonly<Record<string, unknown>>)[segment.key]] : [];
    case 'index':
      return Array.isArray(value) ? [value[segment.index] as unknown] : [];
    case 'all':
      return Array.isArray(value) ? (value as unknown[]) : Object.values(value);
    case 'items':
      return Array.isArray(value) ? (value as unknown[]).filter((item) => isItem(item, segment)) : [];
  }
}

function isItem(item: unknown, { key, value, anyCase }: Extract<Segment, { type: 'items' }>): boolean {
  const text = String(valuesAt(item, [{ type: 'key', key }])[0]);
  return anyCase ? text.toLowerCase() === value.toLowerCase() : text === value;
}
