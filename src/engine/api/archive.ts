/**
 * Archives as `tar` makes them. An archive is bytes: each character one, 0 to 255. Owners, modes and links are not kept.
 *
 * @source POSIX.1-2024 pax (ustar and pax interchange formats); GNU tar manual
 */
import { bytesOf, textOf } from './bytes';

const BLOCK = 512;
const ZERO = '\0';
/** What stands behind the last entry. */
export const ARCHIVE_END = ZERO.repeat(2 * BLOCK);

export interface ArchiveEntry {
  readonly name: string;
  readonly directory: boolean;
  readonly content: string;
}

/** What an archive holds, up to where it can be read. */
interface Archive {
  readonly entries: readonly ArchiveEntry[];
  readonly problem: 'magic' | 'short' | null;
}

const field = (text: string, length: number): string => text.slice(0, length).padEnd(length, ZERO);
const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}${ZERO}`;
const padded = (bytes: string): string => bytes.padEnd(Math.ceil(bytes.length / BLOCK) * BLOCK, ZERO);

function header(name: string, type: string, size: number, seconds: number): string {
  const mode = type === '5' ? 0o755 : 0o644;
  const before = `${field(name, 100)}${octal(mode, 8)}${octal(0, 8)}${octal(0, 8)}${octal(size, 12)}${octal(seconds, 12)}`;
  const after = `${type}${field('', 100)}ustar  ${ZERO}${field('root', 32)}${field('root', 32)}`;
  let sum = 8 * 0x20;
  for (const part of [before, after]) for (let i = 0; i < part.length; i++) sum += part.charCodeAt(i);
  return padded(`${before}${sum.toString(8).padStart(6, '0')}${ZERO} ${after}`);
}

export function writtenEntry({ name, directory, content }: ArchiveEntry, seconds: number): string {
  const bytes = bytesOf(name);
  const long = bytes.length > 100 ? header('././@LongLink', 'L', bytes.length + 1, 0) + padded(`${bytes}${ZERO}`) : '';
  return `${long}${header(bytes, directory ? '5' : '0', content.length, seconds)}${padded(content)}`;
}

const untilZero = (bytes: string): string => {
  const end = bytes.indexOf(ZERO);
  return end < 0 ? bytes : bytes.slice(0, end);
};

export function readArchive(bytes: string): Archive {
  const entries: ArchiveEntry[] = [];
  let longName = '';
  for (let at = 0; at < bytes.length;) {
    const block = bytes.slice(at, at + BLOCK);
    if (block.length < BLOCK) return { entries, problem: at === 0 ? 'magic' : 'short' };
    if (/^\0*$/.test(block)) break;
    if (block.slice(257, 262) !== 'ustar') return { entries, problem: 'magic' };
    const size = Number.parseInt(block.slice(124, 136).trim() || '0', 8);
    const end = at + BLOCK + size;
    if (!(size >= 0) || end > bytes.length) return { entries, problem: 'short' };
    const content = bytes.slice(at + BLOCK, end);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = block[156] ?? '0';
    if (type === 'L') longName = untilZero(content);
    else if (type === 'x') longName = paxPath(content) || longName;
    else if (type === '0' || type === ZERO || type === '5') {
      const prefix = block.slice(257, 263) === `ustar${ZERO}` ? untilZero(block.slice(345, 500)) : '';
      const name = longName || (prefix === '' ? '' : `${prefix}/`) + untilZero(block.slice(0, 100));
      const directory = type === '5' || name.endsWith('/');
      entries.push({ name: textOf(name), directory, content: directory ? '' : content });
      longName = '';
    } else longName = '';
  }
  return { entries, problem: bytes === '' ? 'short' : null };
}

/** `LENGTH path=NAME\n` among the records of a pax header. */
function paxPath(records: string): string {
  for (let at = 0; at < records.length;) {
    const length = Number.parseInt(records.slice(at, at + 12), 10);
    if (!(length > 0)) return '';
    const record = records.slice(records.indexOf(' ', at) + 1, at + length - 1);
    if (record.startsWith('path=')) return record.slice(5);
    at += length;
  }
  return '';
}
