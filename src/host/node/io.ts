/** What the command line needs of the system, so that tests can stand in for it. */
export interface Io {
  /** @throws Error, the system's own */
  readFile(path: string): string;
  /** @throws Error, the system's own */
  writeFile(path: string, text: string): void;
  stdout(text: string): void;
  stderr(text: string): void;
}

/** 0: all is well; 1: what was to be shown does not hold; 2: it could not be tried (bad arguments, unreadable or malformed files). */
export type ExitCode = 0 | 1 | 2;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

/** Why a file could not be read or written, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return REASONS[code ?? ''] ?? message ?? String(error);
}
