/** HTTP/1.1 messages as bytes: what curl sends and reads, and what `kubectl proxy` reads and sends. */

export interface HttpHead {
  /** The request line, or the status line. */
  readonly first: string;
  /** By their names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** As it came, with the blank line. */
  readonly text: string;
}

/** The head of a message; null: it is not whole. */
export function headOf(bytes: string): HttpHead | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { first, headers, text: bytes.slice(0, end + 4) };
}

/** How far the body of a message has come. Plain data, changed in place by `bodyCame`. */
export interface HttpBody {
  readonly isChunked: boolean;
  /** Bytes that are still to come: of the body, or of the chunk under way; -1: until the connection ends, or the next chunk begins. */
  left: number;
  /** Came, and makes no part yet. */
  rest: string;
  isWhole: boolean;
}

export function bodyAfter({ headers }: HttpHead): HttpBody {
  const isChunked = headers.get('transfer-encoding')?.toLowerCase() === 'chunked';
  const length = isChunked ? undefined : headers.get('content-length');
  const left = length === undefined ? -1 : Number(length);
  return { isChunked, left, rest: '', isWhole: left === 0 };
}

/** Takes bytes. @returns those that belong to the body, without the marks of chunks */
export function bodyCame(body: HttpBody, bytes: string): string {
  if (!body.isChunked) {
    const own = body.left < 0 ? bytes : bytes.slice(0, body.left);
    if (body.left >= 0) body.left -= own.length;
    body.isWhole = body.left === 0;
    return own;
  }
  body.rest += bytes;
  let own = '';
  while (!body.isWhole) {
    if (body.left < 0) {
      const end = body.rest.indexOf('\r\n');
      if (end < 0) return own;
      body.left = Number.parseInt(body.rest.slice(0, end), 16) || 0;
      body.rest = body.rest.slice(end + 2);
      body.isWhole = body.left === 0;
      continue;
    }
    if (body.rest.length < body.left + 2) return own;
    own += body.rest.slice(0, body.left);
    body.rest = body.rest.slice(body.left + 2);
    body.left = -1;
  }
  return own;
}

export const chunk = (bytes: string): string => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;

export interface WebAddress {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
}

/** An address as curl takes it; null: it is none. */
export function webAddress(text: string): WebAddress | null {
  const found =
    /^(?:([A-Za-z][A-Za-z0-9+.-]{0,20}):\/\/)?(?:[^/?#@]{0,200}@)?(\[[0-9A-Fa-f:.]{2,45}\]|[^/:?#]{1,253})(?::(\d{0,5}))?([/?#].*)?$/s.exec(
      text,
    );
  if (found === null) return null;
  const [, scheme = 'http', host = '', port = '', rest = ''] = found;
  const [path = ''] = rest.split('#', 1);
  const number = port === '' ? (scheme.toLowerCase() === 'https' ? 443 : 80) : Number(port);
  if (number > 65_535) return null;
  return {
    scheme: scheme.toLowerCase(),
    host: host.replace(/^\[|\]$/g, '').toLowerCase(),
    port: number,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}
