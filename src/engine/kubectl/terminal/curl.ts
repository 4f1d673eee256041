/** `curl` on the laptop: HTTP to what listens on its `localhost` (a port-forward, `kubectl proxy`). Texts are those of curl 8.5. */
import { bytesOf, textOf } from '#engine/api/bytes';
import { SECOND } from '#engine/kernel/time';
import {
  dial,
  type Doing,
  type Kubectl,
  readFile,
  say,
  type StreamDoing,
  type StreamEvent,
  stream,
  writeFile,
} from '../call/effects';
import { bodyAfter, bodyCame, headOf, type HttpBody, type HttpHead, webAddress, type WebAddress } from './http-text';

/** Flags with a value, by all their names. */
const VALUED: Readonly<Record<string, string>> = {
  '-X': 'method',
  '--request': 'method',
  '-H': 'header',
  '--header': 'header',
  '-d': 'data',
  '--data': 'data',
  '--data-raw': 'data',
  '--data-binary': 'data',
  '-o': 'output',
  '--output': 'output',
  '-w': 'write-out',
  '--write-out': 'write-out',
  '-m': 'within',
  '--max-time': 'within',
  '--connect-timeout': 'connect',
  '-A': 'agent',
  '--user-agent': 'agent',
};

const SWITCHES: Readonly<Record<string, string>> = {
  '-s': 'silent',
  '--silent': 'silent',
  '-S': 'show-error',
  '--show-error': 'show-error',
  '-i': 'include',
  '--include': 'include',
  '-I': 'head',
  '--head': 'head',
  '-v': 'verbose',
  '--verbose': 'verbose',
  '-f': 'fail',
  '--fail': 'fail',
  '-k': 'insecure',
  '--insecure': 'insecure',
  '-L': 'location',
  '--location': 'location',
  '-g': 'globoff',
};

interface Options {
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly on: ReadonlySet<string>;
  readonly addresses: readonly string[];
}

const HINT = "curl: try 'curl --help' for more information\n";

/** @returns the options, or what curl says of them */
function optionsOf(argv: readonly string[]): Options | string {
  const given = new Map<string, string[]>();
  const on = new Set<string>();
  const addresses: string[] = [];
  const add = (name: string, value: string): void => void given.set(name, [...(given.get(name) ?? []), value]);
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (!word.startsWith('-') || word === '-') {
      addresses.push(word);
      continue;
    }
    const flags = word.startsWith('--') ? [word] : Array.from(word.slice(1), (letter) => `-${letter}`);
    for (const [index, flag] of flags.entries()) {
      const valued = VALUED[flag];
      if (valued !== undefined) {
        const attached = word.startsWith('--') ? '' : word.slice(index + 2);
        const value = attached !== '' ? attached : argv[++at];
        if (value === undefined) return `curl: option ${word}: requires parameter\n${HINT}`;
        add(valued, value);
        break;
      }
      const name = SWITCHES[flag];
      if (name === undefined) return `curl: option ${word}: is unknown\n${HINT}`;
      on.add(name);
    }
  }
  return { given, on, addresses };
}

interface Exchange {
  /** Only the head comes. */
  readonly isHead: boolean;
  /** What is printed as it comes. */
  readonly shows: { readonly head: boolean; readonly body: boolean };
  readonly failsOn: number;
  /** Before the head is whole. */
  early: string;
  head: HttpHead | null;
  body: HttpBody | null;
  /** What came of the body, where it is not printed. */
  kept: string;
  size: number;
  isLate: boolean;
}

const isLocal = (host: string): boolean => host === 'localhost' || host.startsWith('127.') || host === '::1';
const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':');

export function* curlMain(own: Kubectl): Doing<number> {
  const options = optionsOf(own.argv);
  if (typeof options === 'string') return tell(own, options, 2);
  const { addresses } = options;
  if (addresses.length === 0) return tell(own, `curl: (2) no URL specified\n${HINT}`, 2);
  let code = 0;
  for (const address of addresses) code = yield* fetched(own, options, address);
  return code;
}

function tell({ err }: Kubectl, text: string, code: number): number {
  err(text);
  return code;
}

function* fetched(own: Kubectl, options: Options, text: string): Doing<number> {
  const { on, given } = options;
  const complain = (code: number, words: string): number =>
    on.has('silent') && !on.has('show-error') ? code : tell(own, `curl: (${code}) ${words}\n`, code);
  const address = webAddress(text);
  if (address === null) return complain(3, 'URL rejected: Malformed input to a URL function');
  const { scheme, host, port } = address;
  if (scheme !== 'http' && scheme !== 'https') return complain(1, `Protocol "${scheme}" not supported`);
  if (!isLocal(host) && !isAddress(host)) return complain(6, `Could not resolve host: ${host}`);
  const connection = isLocal(host) ? yield* dial(port) : null;
  if (connection === null)
    return complain(7, `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`);
  if (scheme === 'https') return complain(35, 'OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number');
  const data = yield* dataOf(given.get('data') ?? []);
  if (data === null) return complain(26, 'Failed to open/read local data from file/application');
  const { head: asked, body } = requestText(options, address, data);
  if (on.has('verbose')) own.err(`* Connected to ${host} port ${port}\n${prefixed(asked, '> ')}`);
  const output = given.get('output')?.at(-1) ?? '';
  const exchange: Exchange = {
    isHead: on.has('head'),
    shows: { head: on.has('include') || on.has('head'), body: output === '' },
    failsOn: on.has('fail') ? 400 : 1000,
    early: '',
    head: null,
    body: null,
    kept: '',
    size: 0,
    isLate: false,
  };
  const seconds = Number(given.get('within')?.at(-1) ?? 0);
  yield* say(connection, asked + body);
  const seen = yield* stream(null, exchange, took, seconds > 0 ? { within: Math.round(seconds * SECOND) } : {});
  yield* say(connection, '', true);
  const { head } = seen;
  if (head !== null && on.has('verbose')) own.err(prefixed(head.text, '< '));
  if (output !== '' && output !== '/dev/null') yield* writeFile(output, textOf(seen.kept));
  const status = head === null ? 0 : codeOf(head);
  for (const format of (given.get('write-out') ?? []).slice(-1)) own.out(writtenOut(format, status, seen.size));
  if (seen.isLate)
    return complain(
      28,
      `Operation timed out after ${Math.round(seconds * 1000)} milliseconds with ${seen.size} bytes received`,
    );
  if (head === null)
    return seen.early === ''
      ? complain(52, 'Empty reply from server')
      : complain(1, 'Received HTTP/0.9 when not allowed');
  if (status >= exchange.failsOn) return complain(22, `The requested URL returned error: ${status}`);
  const { left = 0, isWhole = true, isChunked = false } = seen.body ?? {};
  if (!isWhole && isChunked) return complain(18, 'transfer closed with outstanding read data remaining');
  if (!isWhole && left > 0) return complain(18, `end of response with ${left} bytes missing`);
  return 0;
}

const codeOf = ({ first }: HttpHead): number => Number(first.split(' ')[1] ?? 0);

function took(exchange: Exchange, event: StreamEvent, doing: StreamDoing): boolean {
  if (event.type === 'timeout') exchange.isLate = true;
  if (event.type !== 'received') return event.type === 'timeout';
  let { data } = event;
  if (exchange.head === null) {
    exchange.early += data;
    exchange.head = headOf(exchange.early);
    if (exchange.head === null) return event.end;
    data = exchange.early.slice(exchange.head.text.length);
    exchange.body = bodyAfter(exchange.head);
    if (exchange.shows.head) doing.out(exchange.head.text);
    if (exchange.isHead || codeOf(exchange.head) === 204) exchange.body.isWhole = true;
  }
  const body = exchange.body!;
  const came = body.isWhole ? '' : bodyCame(body, data);
  exchange.size += came.length;
  if (codeOf(exchange.head) < exchange.failsOn && came !== '') {
    if (exchange.shows.body) doing.out(textOf(came));
    else exchange.kept += came;
  }
  return body.isWhole || event.end;
}

/** What `-d` sends: `@FILE` is a file's text; several are put together. Null: there is no such file. */
function* dataOf(given: readonly string[]): Doing<string | null> {
  const parts: string[] = [];
  for (const one of given) {
    const text = one.startsWith('@') ? yield* readFile(one.slice(1)) : one;
    if (text === null) return null;
    parts.push(text);
  }
  return parts.join('&');
}

function requestText(
  { given, on }: Options,
  { host, port, path }: WebAddress,
  data: string,
): { readonly head: string; readonly body: string } {
  const body = bytesOf(data);
  const method = given.get('method')?.at(-1) ?? (on.has('head') ? 'HEAD' : given.has('data') ? 'POST' : 'GET');
  const own = (given.get('header') ?? []).map((line) => line.trim());
  const named = new Set(own.map((line) => line.split(':', 1)[0]!.toLowerCase()));
  const shownHost = host.includes(':') ? `[${host}]` : host;
  const usual = [
    `Host: ${shownHost}${port === 80 ? '' : `:${port}`}`,
    `User-Agent: ${given.get('agent')?.at(-1) ?? 'curl/8.5.0'}`,
    'Accept: */*',
    ...(given.has('data') ? [`Content-Length: ${body.length}`, 'Content-Type: application/x-www-form-urlencoded'] : []),
  ].filter((line) => !named.has(line.split(':', 1)[0]!.toLowerCase()));
  const head = [`${method} ${path} HTTP/1.1`, ...usual, ...own.filter((line) => !line.endsWith(':'))];
  return { head: `${head.map((line) => line.replaceAll(/[\r\n]/g, '')).join('\r\n')}\r\n\r\n`, body };
}

const prefixed = (head: string, mark: string): string =>
  head
    .split('\r\n')
    .slice(0, -1)
    .map((line) => `${mark}${line}\n`)
    .join('');

const writtenOut = (format: string, status: number, size: number): string =>
  format
    .replaceAll('%{http_code}', status === 0 ? '000' : String(status))
    .replaceAll('%{response_code}', status === 0 ? '000' : String(status))
    .replaceAll('%{size_download}', String(size))
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t');
