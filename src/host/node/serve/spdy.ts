/**
 * SPDY/3.1 as kubectl speaks it after an upgrade: many streams on one connection, each with headers. The server's side; flow
 * control is not used by either, as in the library on which kubectl stands.
 *
 * @source SPDY Protocol Draft 3.1; kubernetes apimachinery/pkg/util/httpstream/spdy
 */
import { constants, inflateSync } from 'node:zlib';

/** Words that header blocks are compressed against: a part of the protocol. */
const WORDS =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin';
const PHRASES =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

const lengthPrefixed = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

const DICTIONARY = Buffer.concat([
  ...WORDS.split(' ').map((word) => lengthPrefixed(word.replace('_', ' '))),
  Buffer.from(PHRASES, 'latin1'),
]);

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const FIN = 1;
const CONTROL = 0x8003;
const HEADER_BYTES = 8;
/** An empty stored block: readers give out what stands before it. */
const FLUSH = Uint8Array.of(0, 0, 0, 255, 255);
/** Larger frames end the connection. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const MAX_STREAMS = 10_000;

export interface SpdyHandler {
  /** The client has opened a stream. Names of headers are in small letters. */
  opened(stream: number, headers: ReadonlyMap<string, string>): void;
  /** Bytes of a stream; `end`: nothing more comes on it. */
  data(stream: number, data: Buffer, end: boolean): void;
  /** The client has given a stream up. */
  reset(stream: number): void;
  /** The client breaks the protocol. */
  broken(why: string): void;
}

/** Reads what comes, writes what is to go. Knows no sockets. */
export class SpdyConnection {
  readonly #handler: SpdyHandler;
  readonly #write: (bytes: Buffer) => void;
  #unread: Buffer = Buffer.alloc(0);
  /** All header blocks so far: each is compressed against those before it. */
  #compressed: Buffer = Buffer.alloc(0);
  #inflated = 0;
  #replied = false;
  #streams = 0;

  constructor(handler: SpdyHandler, write: (bytes: Buffer) => void) {
    this.#handler = handler;
    this.#write = write;
  }

  receive(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (this.#unread.length >= HEADER_BYTES) {
      const length = this.#unread.readUIntBE(5, 3);
      if (length > MAX_FRAME_BYTES) return this.#handler.broken('a frame is too large');
      if (this.#unread.length < HEADER_BYTES + length) return;
      const head = this.#unread.subarray(0, HEADER_BYTES);
      const body = this.#unread.subarray(HEADER_BYTES, HEADER_BYTES + length);
      this.#unread = this.#unread.subarray(HEADER_BYTES + length);
      try {
        this.#frame(head, body);
      } catch (error) {
        return this.#handler.broken(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Sends bytes of a stream; `end`: nothing more goes on it. */
  send(stream: number, data: Buffer, end = false): void {
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt32BE(stream);
    head.writeUInt8(end ? FIN : 0, 4);
    head.writeUIntBE(data.length, 5, 3);
    this.#write(Buffer.concat([head, data]));
  }

  /** Says that no more streams are taken. */
  goAway(): void {
    this.#control(GOAWAY, Buffer.alloc(8));
  }

  #frame(head: Buffer, body: Buffer): void {
    if ((head[0]! & 0x80) === 0) {
      return this.#handler.data(head.readUInt32BE() & 0x7fff_ffff, body, (head[4]! & FIN) !== 0);
    }
    switch (head.readUInt16BE(2)) {
      case SYN_STREAM: {
        const stream = body.readUInt32BE() & 0x7fff_ffff;
        const headers = this.#headers(body.subarray(10));
        if (++this.#streams > MAX_STREAMS) return this.#handler.broken('too many streams');
        this.#reply(stream);
        this.#handler.opened(stream, headers);
        if ((head[4]! & FIN) !== 0) this.#handler.data(stream, Buffer.alloc(0), true);
        return;
      }
      case RST_STREAM:
        return this.#handler.reset(body.readUInt32BE() & 0x7fff_ffff);
      case PING:
        return this.#control(PING, body);
      default: // SETTINGS, GOAWAY, HEADERS, WINDOW_UPDATE: nothing to do.
    }
  }

  #headers(block: Buffer): ReadonlyMap<string, string> {
    this.#compressed = Buffer.concat([this.#compressed, block]);
    const all = inflateSync(this.#compressed, { dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
    const plain = all.subarray(this.#inflated);
    this.#inflated = all.length;
    let at = 4;
    const text = (): string => {
      const length = plain.readUInt32BE(at);
      const value = plain.toString('latin1', at + 4, at + 4 + length);
      at += 4 + length;
      return value;
    };
    const headers = new Map<string, string>();
    for (let left = plain.readUInt32BE(); left > 0; left--) headers.set(text().toLowerCase(), text());
    return headers;
  }

  /** Accepts a stream, without headers: a block of none, in a compressed form that says its bytes as they are. */
  #reply(stream: number): void {
    const none = Buffer.alloc(4);
    const stored = Buffer.concat([Uint8Array.of(0, none.length, 0, 255 - none.length, 255), none, FLUSH]);
    const block = this.#replied ? stored : Buffer.concat([Uint8Array.of(0x78, 0x01), stored]);
    this.#replied = true;
    const body = Buffer.alloc(4);
    body.writeUInt32BE(stream);
    this.#control(SYN_REPLY, Buffer.concat([body, block]));
  }

  #control(type: number, body: Buffer): void {
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt16BE(CONTROL);
    head.writeUInt16BE(type, 2);
    head.writeUIntBE(body.length, 5, 3);
    this.#write(Buffer.concat([head, body]));
  }
}
