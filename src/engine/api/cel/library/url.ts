/**
 * URLs as Go reads those of requests: with a scheme, or a path from the root.
 *
 * @source Go net/url/url.go (ParseRequestURI, ParseQuery, EscapedPath)
 */
import { utf8Bytes, utf8Text } from '../../base64';

export interface Url {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly escapedPath: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
}

class Refused extends Error {}

/** Answers what Go says of a text that is no URL. */
export function readUrl(text: string): Url | string {
  try {
    return parts(text);
  } catch (error) {
    if (error instanceof Refused) return `parse ${JSON.stringify(text)}: ${error.message}`;
    throw error;
  }
}

const refuse = (why: string): never => {
  throw new Refused(why);
};

function parts(text: string): Url {
  if (Array.from(text).some((letter) => letter < ' ' || letter === '\u007f'))
    refuse('net/url: invalid control character in URL');
  if (text === '') refuse('empty url');
  const question = text.indexOf('?');
  const [before, query] = question < 0 ? [text, ''] : [text.slice(0, question), text.slice(question + 1)];
  const [scheme, rest] = split(before);
  if (!rest.startsWith('/')) {
    if (scheme === '') refuse('invalid URI for request');
    // Opaque, as mailto:somebody.
    return { text, scheme, host: '', hostname: '', port: '', escapedPath: '', query: readQuery(query) };
  }
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const slash = rest.indexOf('/', 2);
  const authority = hasAuthority && scheme !== '' ? rest.slice(2, slash < 0 ? rest.length : slash) : '';
  const path = hasAuthority && scheme !== '' ? (slash < 0 ? '' : rest.slice(slash)) : rest;
  const host = hostOf(authority.slice(authority.lastIndexOf('@') + 1));
  const end = host.startsWith('[')
    ? host.indexOf(']') + 1
    : host.lastIndexOf(':') < 0
      ? host.length
      : host.lastIndexOf(':');
  return {
    text,
    scheme,
    host,
    hostname: host.startsWith('[') ? host.slice(1, end - 1) : host.slice(0, end),
    port: host.slice(end).replace(':', ''),
    escapedPath: escapedPath(path),
    query: readQuery(query),
  };
}

function split(text: string): readonly [string, string] {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  if (scheme !== null) return [scheme[1]!.toLowerCase(), text.slice(scheme[0].length)];
  if (text.startsWith(':')) refuse('missing protocol scheme');
  return ['', text];
}

function hostOf(host: string): string {
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0) refuse("missing ']' in host");
    checkPort(host.slice(close + 1));
    return host;
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  const bad = Array.from(host).find((letter) => ' <>"\\^`{}|'.includes(letter));
  if (bad !== undefined) refuse(`invalid character ${JSON.stringify(bad)} in host name`);
  return unescape(host, false);
}

function checkPort(port: string): void {
  if (!/^(:\d*)?$/.test(port)) refuse(`invalid port ${JSON.stringify(port)} after host`);
}

function unescape(text: string, plus: boolean): string {
  const bytes: number[] = [];
  const letters = Array.from(text);
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!;
    if (letter === '%') {
      const digits = letters.slice(at + 1, at + 3).join('');
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) refuse(`invalid URL escape ${JSON.stringify(`%${digits}`)}`);
      bytes.push(Number.parseInt(digits, 16));
      at += 2;
    } else bytes.push(...utf8Bytes(plus && letter === '+' ? ' ' : letter));
  }
  return utf8Text(bytes);
}

/** The path as it was written where that is valid, else escaped anew. */
function escapedPath(path: string): string {
  const plain = unescape(path, false);
  if (/^(?:[A-Za-z0-9!$&'()*+,\-./:;=@[\]_~]|%[0-9a-fA-F]{2})*$/.test(path)) return path;
  return utf8Bytes(plain)
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return byte < 128 && /[A-Za-z0-9$&+,\-./:;=@_~]/.test(letter)
        ? letter
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function readQuery(text: string): Map<string, string[]> {
  const query = new Map<string, string[]>();
  for (const part of text.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const equals = part.indexOf('=');
    const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    let pair: readonly [string, string];
    try {
      pair = [unescape(name, true), unescape(value, true)];
    } catch (error) {
      // A pair that cannot be read is left out, as Go's Query() does.
      if (error instanceof Refused) continue;
      throw error;
    }
    const values = query.get(pair[0]);
    if (values === undefined) query.set(pair[0], [pair[1]]);
    else values.push(pair[1]);
  }
  return query;
}
