/** Paths and files as the commands of a container see them. */
import type { ShellHost } from './host';
import type { ShellState } from './state';

/** The path from the root, without `.` and `..`. */
export function absolute(path: string, state: ShellState): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${state.cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A file's content; undefined when there is none. */
export function fileText(path: string, host: ShellHost): string | undefined {
  if (path === '/dev/null') return '';
  if (path === '/etc/hostname') return `${host.hostname}\n`;
  return host.files.get(path);
}

export const STANDARD_DIRECTORIES = [
  '/',
  '/tmp',
  '/etc',
  '/var',
  '/usr',
  '/bin',
  '/dev',
  '/proc',
  '/sys',
  '/home',
  '/root',
  '/run',
  '/opt',
  '/mnt',
];

/** Whether the path is a directory: a usual one, a made one, or one that files lie in. */
export function isDirectory(path: string, host: ShellHost): boolean {
  if (STANDARD_DIRECTORIES.includes(path) || host.files.has(`${path}/`)) return true;
  for (const file of host.files.keys()) if (file.startsWith(`${path}/`)) return true;
  return false;
}
