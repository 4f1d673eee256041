/** Files of the person at the laptop, on its disk. Paths are absolute; a file's records are its text in pieces. */
import { utf8Bytes } from '#engine/api/base64';
import type { Disk } from '#engine/kernel/process';

const FOLDER = 'files';
export const HOME = '/home/user';

/** The path from the root, without `.` and `..`. */
export function absolutePath(path: string, directory: string): string {
  const parts: string[] = [];
  const whole = path === '~' || path.startsWith('~/') ? HOME + path.slice(1) : path;
  for (const part of (whole.startsWith('/') ? whole : `${directory}/${whole}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A file's text; null: there is none. */
export function readText(disk: Disk, path: string): string | null {
  const records = disk.read(FOLDER + path);
  return records.length === 0 ? null : records.join('');
}

export function writeText(disk: Disk, path: string, text: string): void {
  disk.replace(FOLDER + path, [text], utf8Bytes(text).length);
}

export function appendText(disk: Disk, path: string, text: string): void {
  disk.append(FOLDER + path, text, utf8Bytes(text).length);
}

export const removeFile = (disk: Disk, path: string): void => disk.remove(FOLDER + path);

/** Paths of all files below a folder, in byte order. */
export const filesBelow = (disk: Disk, folder: string): readonly string[] =>
  disk.files(`${FOLDER}${folder === '/' ? '' : folder}/`).map((file) => file.slice(FOLDER.length));
