/** What the command line needs of the system, so that tests can stand in for it. */
export interface Io {
  /** @throws Error, the system's own */
  readFile(path: string): string;
  /** @throws Error, the system's own */
  writeFile(path: string, text: string): void;
  stdout(text: string): void;
  stderr(text: string): void;
}

/**
 * 0: all is well; 1: what was to be shown does not hold; 2: it could not be tried (bad arguments, unreadable or malformed
 * files); 70: the engine itself broke, which is our bug (EX_SOFTWARE of sysexits).
 */
export type ExitCode = 0 | 1 | 2 | 70;

/** Tells of a bug, with what is needed to see it again. */
export function reportBug(error: unknown, seed: number, now: number, io: Io): ExitCode {
  const { stack = String(error) } = error instanceof Error ? error : {};
  io.stderr(`kubarium: the engine broke at ${now} µs with seed ${seed}; this is a bug of Kubarium\n${stack}\n`);
  return 70;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EADDRINUSE: 'the port is taken',
};

/** Why a file could not be read or written, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return REASONS[code ?? ''] ?? message ?? String(error);
}
