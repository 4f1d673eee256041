/**
 * `kubectl get`: the server's tables, or the objects themselves in some format; once, or as they change.
 *
 * @source kubernetes kubectl/pkg/cmd/get/{get,table_printer,sorter}.go, cli-runtime/pkg/printers/tableprinter.go
 */
import { isJsonArray, isJsonObject, type JsonObject } from '#engine/api/json';
import { ask, type Call, carried, failed, listRefusal, refusal, statusOf, want } from '../call/context';
import { statusText } from '../call/errors';
import { kindText, listedText, pathOf, resourceText } from '../call/discovery';
import { type Doing, Failure, type StreamDoing, type StreamEvent, stream } from '../call/effects';
import { parametersOf } from '../call/query';
import { Failures } from '../call/errors';
import { givenObjects, hasFiles, selectors, type Target, targetsOf } from '../call/targets';
import { GET_FORMATS, listOf, printerOf, type Printer } from '../output/printing';
import { sortedObjects, sortedRows } from '../output/sorting';
import { columnsOf, type Table, TABLE_ACCEPT, type TableOptions, tableRows } from '../output/table';
import { rowsText } from '../output/tab-writer';
import type { Command } from './command';

export const getCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    if (flags.has('raw')) {
      if (flags.args.length > 0) throw failed('arguments may not be passed when --raw is specified');
      if (flags.on('watch') || flags.on('watch-only') || flags.text('selector') !== '')
        throw failed('--raw may not be specified with other flags that filter the server request or alter the output');
      if (flags.text('output') !== '') throw failed('--raw and --output are mutually exclusive');
      const [path = '', query = ''] = flags.text('raw').split('?');
      const reply = yield* ask(call, { method: 'GET', path, ...parametersOf(query) });
      if (!reply.ok) throw rawRefusal(reply.body, reply.code) ?? refusal(reply);
      kubectl.out(typeof reply.body === 'string' ? reply.body : `${JSON.stringify(reply.body)}\n`);
      return 0;
    }
    if (flags.args.length === 0 && !hasFiles(call)) throw nothingToGet();
    const output = flags.text('output');
    if (flags.on('show-labels') && output !== '' && output !== 'wide')
      throw failed(`--show-labels option cannot be used with ${output} printer`);
    if (flags.on('output-watch-events') && !flags.on('watch') && !flags.on('watch-only'))
      throw failed('--output-watch-events option can only be used with --watch or --watch-only');
    const printer = yield* printerOf(flags, GET_FORMATS);
    const failures = new Failures();
    const options: TableOptions = {
      wide: output === 'wide',
      namespaces: flags.on('all-namespaces'),
      labels: flags.list('label-columns'),
      showLabels: flags.on('show-labels'),
      kinds: flags.on('show-kind'),
    };
    const targets = hasFiles(call)
      ? yield* givenObjects(call, failures)
      : yield* targetsOf(call, flags.args, { allNamespaces: options.namespaces, selector: flags.text('selector') });
    const watching = flags.on('watch') || flags.on('watch-only');
    if (watching) return yield* watchTargets(call, targets, printer, options);
    if (printer !== null) return yield* printObjects(call, targets, printer, failures);
    return yield* printTables(call, targets, options, failures);
  },
};

const nothingToGet = (): Failure =>
  new Failure(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples',
  );

/** What stands behind the API server may refuse in plain text. */
function rawRefusal(body: unknown, code: number): Failure | null {
  if (typeof body !== 'string' || body === '404 page not found\n') return null;
  const reason = { 404: ' (NotFound)', 500: ' (InternalError)', 503: ' (ServiceUnavailable)' }[code] ?? '';
  const message =
    code === 500
      ? `an error on the server (${JSON.stringify(body.trimEnd()).replaceAll('\\n', '\\n')}) has prevented the request from succeeding`
      : code === 503
        ? 'the server is currently unable to handle the request'
        : 'the server could not find the requested resource';
  return new Failure(`Error from server${reason}: ${message}`);
}

interface Fetched<T> {
  readonly target: Target;
  readonly value: T;
}

/** Asks for each target; what is refused is noted. */
function* fetchAll<T>(
  call: Call,
  targets: readonly Target[],
  accept: string | null,
  more: Readonly<Record<string, string>>,
  failures: Failures,
): Doing<readonly Fetched<T>[]> {
  const fetched: Fetched<T>[] = [];
  const subresource = call.flags.text('subresource');
  for (const target of targets) {
    const { resource, namespace, name } = target;
    const query = name === null ? { ...selectors(call), limit: '500', ...more } : more;
    const reply = yield* ask(call, {
      method: 'GET',
      path: pathOf(resource, namespace, name ?? '', subresource),
      ...(Object.keys(query).length === 0 ? {} : { query }),
      ...(accept === null ? {} : { accept }),
    });
    if (reply.ok) {
      fetched.push({ target, value: (yield* wholeList(call, target, query, accept, reply.body)) as T });
      continue;
    }
    if (reply.code === 404 && call.flags.on('ignore-not-found')) continue;
    failures.add(
      name === null ? listRefusal(reply, listedText(resource), query, resourceText(resource)) : refusal(reply),
    );
  }
  return fetched;
}

/** A list that comes in pieces, as one. */
function* wholeList(
  call: Call,
  { resource, namespace }: Target,
  query: Readonly<Record<string, string>>,
  accept: string | null,
  first: unknown,
): Doing<unknown> {
  let list = first as { metadata?: { continue?: string }; items?: unknown[]; rows?: unknown[] };
  for (let more = list.metadata?.continue ?? ''; more !== ''; more = list.metadata?.continue ?? '') {
    const next = yield* want<typeof list>(call, {
      method: 'GET',
      path: pathOf(resource, namespace),
      query: { ...query, continue: more },
      ...(accept === null ? {} : { accept }),
    });
    list = {
      ...next,
      ...(list.items === undefined ? {} : { items: [...list.items, ...(next.items ?? [])] }),
      ...(list.rows === undefined ? {} : { rows: [...list.rows, ...(next.rows ?? [])] }),
    };
  }
  return list;
}

function* printTables(
  call: Call,
  targets: readonly Target[],
  options: TableOptions,
  failures: Failures,
): Doing<number> {
  const { flags, kubectl } = call;
  const sortBy = flags.text('sort-by');
  const more: Readonly<Record<string, string>> = sortBy === '' ? {} : { includeObject: 'Object' };
  const fetched = yield* fetchAll<Table>(call, targets, TABLE_ACCEPT, more, failures);
  const several = new Set(targets.map(({ resource }) => kindText(resource))).size > 1;
  const headers = !flags.on('no-headers');
  // Several tables are sorted as if each were one object.
  const apart = fetched.length > 1;
  if (sortBy !== '' && apart)
    sortedObjects(
      fetched.map(({ value }) => value as unknown as JsonObject),
      sortBy,
    );
  let printed = false;
  let group = { key: '', widths: [] as number[] };
  for (const { target, value } of fetched) {
    const rows = value.rows ?? [];
    if (rows.length === 0) continue;
    const { resource } = target;
    const namespaced = options.namespaces && resource.namespaced;
    const kind = several || options.kinds ? kindText(resource) : '';
    const shown = { ...options, namespaces: namespaced, kind };
    const key = `${resource.apiVersion}/${resource.resource}`;
    const sorted = sortBy === '' || apart || rows.length === 1 ? rows : rowsInOrder(rows, sortBy);
    if (sorted === null) continue;
    const lines = tableRows({ ...value, rows: sorted }, shown);
    if (group.key !== key) {
      if (printed && headers) kubectl.out('\n');
      group = { key, widths: [] };
      // All rows of a kind that come one after the other are one table.
      const same = fetched
        .slice(fetched.findIndex((one) => one.target === target))
        .filter((one) => one.target.resource === resource);
      const all = same.flatMap((one) => tableRows(one.value, shown));
      const head = headers ? [columnsOf(value, shown)] : [];
      rowsText([...head, ...all], group.widths);
      if (headers) kubectl.out(rowsText(head, group.widths));
    }
    kubectl.out(rowsText(lines, group.widths));
    printed = true;
  }
  if (!printed && !failures.any && !flags.on('ignore-not-found')) nothingFound(call, targets);
  failures.tell();
  return 0;
}

/** Null: they have nothing to be sorted by, which kubectl keeps to itself: it prints nothing. */
function rowsInOrder(rows: NonNullable<Table['rows']>, sortBy: string): NonNullable<Table['rows']> | null {
  try {
    return sortedRows(rows, sortBy);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** Says that there is nothing, on stderr. */
export function nothingFound({ kubectl, flags, namespace }: Call, targets: readonly Pick<Target, 'resource'>[]): void {
  const everywhere = flags.on('all-namespaces') || targets.some(({ resource }) => !resource.namespaced);
  kubectl.err(everywhere ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`);
}

function* printObjects(call: Call, targets: readonly Target[], printer: Printer, failures: Failures): Doing<number> {
  const { kubectl, flags } = call;
  const fetched = yield* fetchAll<JsonObject>(call, targets, null, {}, failures);
  const objects = fetched.flatMap(({ value, target }) => itemsOf(value, target));
  const single = targets.length === 1 && targets[0]!.name !== null;
  const sortBy = flags.text('sort-by');
  const sorted = sortBy === '' || single ? objects : sortedObjects(objects, sortBy);
  if (single && objects.length === 0) {
    failures.tell();
    return 0;
  }
  if (!printer.lists) for (const object of sorted) kubectl.out(printer.prints(object));
  else if (single) kubectl.out(printer.prints(sorted[0]!));
  else if (objects.length > 0 || !flags.text('output').startsWith('custom-columns'))
    kubectl.out(printer.prints(listOf(sorted)));
  else if (!flags.on('no-headers')) kubectl.out(printer.prints(listOf([])));
  failures.tell();
  return 0;
}

/** What was answered, object by object, each with its kind. */
function itemsOf(value: JsonObject, { resource, name }: Target): readonly JsonObject[] {
  const { items } = value;
  if (name !== null || !isJsonArray(items)) return [value];
  return items.map((item) => ({ apiVersion: resource.apiVersion, kind: resource.kind, ...(item as JsonObject) }));
}

interface Watching {
  readonly widths: number[];
  /** Header and rows so far. */
  begun: boolean;
  failure: { readonly text: string } | null;
}

function* watchTargets(
  call: Call,
  targets: readonly Target[],
  printer: Printer | null,
  options: TableOptions,
): Doing<number> {
  const { flags, kubectl } = call;
  const [target, second] = targets;
  if (target === undefined || (second !== undefined && second.resource !== target.resource))
    throw new Failure('error: you may only specify a single resource type');
  const { resource, namespace, name } = target;
  if (flags.has('sort-by'))
    kubectl.err('Warning: --watch requested, --sort-by will be ignored for watch events received\n');
  const accept = printer === null ? TABLE_ACCEPT : 'application/json';
  const state: Watching = { widths: [], begun: false, failure: null };
  const shown = {
    ...options,
    namespaces: options.namespaces && resource.namespaced,
    kind: options.kinds ? kindText(resource) : '',
  };
  const events = flags.on('output-watch-events');
  const show = (out: (text: string) => void, type: string, object: JsonObject): void => {
    if (printer !== null) {
      const wrapped: JsonObject = events ? { type, object } : object;
      return out(printer.prints(wrapped));
    }
    const table = object as unknown as Table;
    const headers =
      state.begun || flags.on('no-headers') ? [] : [[...(events ? ['EVENT'] : []), ...columnsOf(table, shown)]];
    const rows = tableRows(table, shown).map((row) => (events ? [type.padEnd(8), ...row] : row));
    if (rows.length > 0) out(rowsText([...headers, ...rows], state.widths));
    if (rows.length > 0) state.begun = true;
  };
  const list = yield* want<JsonObject>(call, {
    method: 'GET',
    path: pathOf(resource, namespace, name ?? ''),
    ...(name === null ? { query: { ...selectors(call), limit: '500' } } : {}),
    accept,
  });
  if (!flags.on('watch-only')) {
    if (printer === null) show(kubectl.out, 'ADDED', list);
    else for (const object of itemsOf(list, target)) show(kubectl.out, 'ADDED', object);
  }
  const query = {
    ...(name === null ? selectors(call) : { fieldSelector: `metadata.name=${name}` }),
    watch: 'true',
    resourceVersion: versionOf(list),
  };
  // The table's columns come with its first event only.
  const definitions = (list as unknown as Table).columnDefinitions;
  const known: Watched = { columns: definitions ?? null, failure: '' };
  yield* stream(
    carried(call, { method: 'GET', path: pathOf(resource, namespace), query, accept }),
    known,
    (memory, event, doing) =>
      watched(memory, event, doing, (type, object) => {
        const table = object as unknown as Table;
        const whole =
          printer === null && !table.columnDefinitions
            ? { ...object, columnDefinitions: memory.columns as never }
            : object;
        if (printer === null && table.columnDefinitions) memory.columns = table.columnDefinitions;
        show(doing.out, type, whole);
      }),
  );
  if (known.failure !== '') throw new Failure(known.failure);
  return 0;
}

interface Watched {
  columns: Table['columnDefinitions'] | null;
  failure: string;
}

const versionOf = (list: JsonObject): string =>
  (list['metadata'] as { readonly resourceVersion?: string } | undefined)?.resourceVersion ?? '0';

/** @returns whether the watch is over */
function watched(
  memory: Watched,
  event: StreamEvent,
  _doing: StreamDoing,
  show: (type: string, object: JsonObject) => void,
): boolean {
  if (event.type !== 'said') return false;
  const { message } = event;
  if (message.type === 'api/response') {
    if (message.streaming === true) return false;
    memory.failure = statusText(statusOf({ ok: false, code: message.code, body: message.body, warnings: [] }));
    return true;
  }
  if (message.type === 'api/watch-closed') return true;
  if (message.type !== 'api/watch-events') return false;
  for (const { type, object } of message.events) {
    if (type === 'BOOKMARK') continue;
    if (type === 'ERROR') {
      memory.failure = statusText(object);
      return true;
    }
    if (isJsonObject(object)) show(type, object);
  }
  return false;
}
