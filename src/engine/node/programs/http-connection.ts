/** A TCP connection to a program that speaks HTTP/1.1: bytes in, the program's answers as bytes out. */
import { bytesOf } from '#engine/api/bytes';
import type { Micros } from '#engine/kernel/time';
import { type HttpAnswer, type HttpQuestion, statusText } from './http-answer';
import { dateText } from './shell/date-text';

export interface HttpBytes {
  /** What does not make a request yet. */
  readonly rest: string;
  readonly out: string;
  /** The program closes the connection after this. */
  readonly close: boolean;
}

/** A request line with headers may be so long. @source nginx large_client_header_buffers */
const LONGEST_HEAD = 32_768;

/**
 * Takes bytes that have come, and answers each request that is whole.
 *
 * @param server - the Server header; empty: none
 */
export function answerBytes(
  bytes: string,
  server: string,
  now: Micros,
  ask: (question: Omit<HttpQuestion, 'client'>) => HttpAnswer,
): HttpBytes {
  let rest = bytes;
  let out = '';
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) {
      if (rest.length <= LONGEST_HEAD) return { rest, out, close: false };
      return { rest: '', out: out + response(badRequest, server, now, true, false), close: true };
    }
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const [method = '', path = '', version = ''] = first.split(' ');
    if (!/^[A-Z]{1,20}$/.test(method) || !path.startsWith('/') || !version.startsWith('HTTP/1.'))
      return { rest: '', out: out + response(badRequest, server, now, true, false), close: true };
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const length = Number(headers.get('content-length') ?? 0);
    const bodyEnd = end + 4 + (Number.isSafeInteger(length) && length > 0 ? length : 0);
    if (rest.length < bodyEnd) return { rest, out, close: false };
    rest = rest.slice(bodyEnd);
    const wanted = (headers.get('connection') ?? '').toLowerCase();
    const close = wanted === 'close' || (version === 'HTTP/1.0' && wanted !== 'keep-alive');
    const answer = ask({ method, path, userAgent: headers.get('user-agent') ?? '-' });
    out += response(answer, server, now, close, method === 'HEAD');
    if (close) return { rest: '', out, close };
  }
}

const badRequest: HttpAnswer = { code: 400, body: '400 Bad Request\n', contentType: 'text/plain' };

function response(
  { code, body, contentType }: HttpAnswer,
  server: string,
  now: Micros,
  close: boolean,
  headOnly: boolean,
): string {
  const bytes = bytesOf(body);
  const head = [
    `HTTP/1.1 ${statusText(code)}`,
    ...(server === '' ? [] : [`Server: ${server}`]),
    `Date: ${dateText(now, '%a, %d %b %Y %H:%M:%S GMT')}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${bytes.length}`,
    `Connection: ${close ? 'close' : 'keep-alive'}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${headOnly ? '' : bytes}`;
}
