/**
 * A run in the fragment of an address: version, seed, cluster and inputs, as JSON, deflated, in base64url, with a checksum. Whoever
 * opens it plays the same run. Links from elsewhere may hold anything: reading one never throws and never takes long.
 */
import type { Recording } from '#engine/cluster/door';
import { ENGINE_VERSION } from '#engine/cluster/engine';
import { startingClusters } from '#scenarios/starting-clusters';
import { mistakeInRecording } from './recording';

export const FRAGMENT_KEY = 'run=';
const FORMAT = '1';
/** Longer ones do not survive chats and mails: a file is better. */
export const LONGEST_LINK = 8_000;
const LONGEST_READ = 200_000;
/** A recording of this size takes minutes to be made by hand, and its text is still quickly parsed. */
const MOST_BYTES = 10_000_000;

export type LinkProblem =
  { readonly problem: 'damaged'; readonly text: string } | { readonly problem: 'version'; readonly text: string };

interface Payload {
  readonly v: string;
  readonly s: number;
  /** The name of a starting cluster, or the cluster itself. */
  readonly c: unknown;
  /** Each input: µs since the one before, and what was done. */
  readonly i: readonly (readonly [number, unknown])[];
  readonly u: number;
  readonly h: string;
}

/** The fragment of an address for a run, without `#`. */
export async function linkOf(recording: Recording): Promise<string> {
  const spec = JSON.stringify(recording.cluster);
  const known = startingClusters.find((cluster) => JSON.stringify(cluster.spec) === spec);
  let last = 0;
  const payload: Payload = {
    v: recording.version,
    s: recording.seed,
    c: known?.name ?? recording.cluster,
    i: recording.inputs.map(({ at, action }) => {
      const since = at - last;
      last = at;
      return [since, action];
    }),
    u: recording.until,
    h: recording.hash,
  };
  const bytes = await through(new TextEncoder().encode(JSON.stringify(payload)), new CompressionStream('deflate-raw'));
  return `${FRAGMENT_KEY}${FORMAT}.${checksum(bytes!)}.${toBase64Url(bytes!)}`;
}

/** The run that a fragment holds, or what is wrong with it in words. */
export async function readLink(fragment: string): Promise<{ readonly recording: Recording } | LinkProblem> {
  const damaged = (text: string): LinkProblem => ({ problem: 'damaged', text });
  if (fragment.length > LONGEST_READ) return damaged('it is too long');
  const parts = /^run=(\d{1,4})\.([0-9a-z]{1,7})\.([\w-]+)$/.exec(fragment);
  if (parts === null) return damaged('it is no link to a run, or a part of it is missing');
  if (parts[1] !== FORMAT) return { problem: 'version', text: `links of format ${parts[1]} are not known here` };
  const bytes = fromBase64Url(parts[3]!);
  if (bytes === null || checksum(bytes) !== parts[2])
    return damaged('its checksum is wrong: some of it was lost or changed');
  const inflated = await through(bytes, new DecompressionStream('deflate-raw'));
  if (inflated === null) return damaged('it cannot be unpacked');
  return recordingIn(new TextDecoder().decode(inflated));
}

/** What an unpacked link says. */
export function recordingIn(json: string): { readonly recording: Recording } | LinkProblem {
  let payload: Partial<Record<keyof Payload, unknown>> | null;
  try {
    payload = JSON.parse(json) as typeof payload;
  } catch {
    return { problem: 'damaged', text: 'what it holds is no JSON' };
  }
  if (typeof payload !== 'object' || payload === null || typeof payload.v !== 'string')
    return { problem: 'damaged', text: 'what it holds is no run' };
  const { v: version, s: seed, c, i, u: until, h: hash } = payload;
  if (version !== ENGINE_VERSION)
    return { problem: 'version', text: `it was made by ${version.slice(0, 80)}; this is ${ENGINE_VERSION}` };
  const cluster = typeof c === 'string' ? startingClusters.find(({ name }) => name === c)?.spec : c;
  let at = 0;
  const inputs = Array.isArray(i)
    ? i.map((entry: unknown) => {
        const [since, action] = Array.isArray(entry) ? (entry as unknown[]) : [];
        at += typeof since === 'number' ? since : Number.NaN;
        return { at, action };
      })
    : i;
  const data = { version, seed, cluster, inputs, until, hash };
  const mistake = mistakeInRecording(data);
  return mistake === null ? { recording: data as Recording } : { problem: 'damaged', text: mistake };
}

/** @returns null when the bytes are not what the stream takes, or become too many */
async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const writer = stream.writable.getWriter();
  // What goes wrong is told by the reader, too.
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      size += value.length;
      if (size > MOST_BYTES) {
        await reader.cancel();
        return null;
      }
    }
  } catch {
    return null;
  }
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** FNV-1a of 32 bits: finds what was cut off or mistyped, and keeps out nobody. */
export function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(36);
}

export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
