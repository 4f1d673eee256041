/**
 * `tar` in a container: makes, lists and unpacks archives of its files, which is what `kubectl cp` asks for. Owners, modes,
 * times and links are not kept. An archive is bytes: each character one, 0 to 255.
 *
 * @source POSIX.1-2024 pax (ustar and pax interchange formats); GNU tar manual; busybox archival/tar.c (messages)
 */
import { ARCHIVE_END, type ArchiveEntry, readArchive, writtenEntry } from '#engine/api/archive';
import { bytesOf, textOf } from '#engine/api/bytes';
import { EPOCH_SECONDS } from './date-text';
import { absolute, fileText, isDirectory } from './files';
import type { CommandResult, ShellHost } from './host';
import type { ShellState } from './state';

/** What the files of one container may hold, in characters. */
const DISK = 16 * 1024 * 1024;

interface Command {
  readonly mode: 'c' | 'x' | 't' | '';
  readonly verbose: boolean;
  /** `-`: standard input or output. */
  readonly archive: string;
  readonly directory: string;
  readonly paths: readonly string[];
}

/** Whether the command takes its standard input. */
export function readsArchive(args: readonly string[]): boolean {
  const { mode, archive } = commandOf(args);
  return (mode === 'x' || mode === 't') && archive === '-';
}

export function tar(args: readonly string[], state: ShellState, host: ShellHost): CommandResult {
  const command = commandOf(args);
  const gnu = host.tools === 'debian';
  if (command.mode === '') return failure(gnu ? 2 : 1, gnu ? NO_MODE : 'tar: must specify one of -c, -x, -t\n');
  const from = command.directory === '' ? state.cwd : absolute(command.directory, state);
  if (!isDirectory(from, host)) {
    return gnu
      ? failure(2, `tar: ${command.directory}: Cannot open: No such file or directory\n${FATAL}`)
      : failure(1, `tar: can't change directory to '${command.directory}': No such file or directory\n`);
  }
  const place = { ...state, cwd: from };
  if (command.mode === 'c') return create(command, place, state, host, gnu);
  const text = command.archive === '-' ? (state.stdin ?? '') : fileText(absolute(command.archive, state), host);
  if (text === undefined) {
    return gnu
      ? failure(2, `tar: ${command.archive}: Cannot open: No such file or directory\n${FATAL}`)
      : failure(1, `tar: can't open '${command.archive}': No such file or directory\n`);
  }
  return unpack(command, text, place, host, gnu);
}

const NO_MODE =
  "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.\n";
const FATAL = 'tar: Error is not recoverable: exiting now\n';
const LATE_FAILURE = 'tar: Exiting with failure status due to previous errors\n';

const failure = (status: number, err: string, out = ''): CommandResult => ({ status, out, err });

function commandOf(args: readonly string[]): Command {
  let mode: Command['mode'] = '';
  let verbose = false;
  let archive = '-';
  let directory = '';
  const paths: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg.startsWith('--')) {
      const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
      if (name === 'file') archive = value ?? args[++at] ?? '-';
      if (name === 'directory') directory = value ?? args[++at] ?? '';
      continue;
    }
    if ((!arg.startsWith('-') || arg === '-') && at > 0) {
      paths.push(arg);
      continue;
    }
    for (const letter of arg.replace(/^-/, '')) {
      if (letter === 'c' || letter === 'x' || letter === 't') mode = letter;
      else if (letter === 'v') verbose = true;
      else if (letter === 'f') archive = args[++at] ?? '-';
      else if (letter === 'C') directory = args[++at] ?? '';
    }
  }
  return { mode, verbose, archive, directory, paths };
}

function create(
  { paths, archive, verbose }: Command,
  place: ShellState,
  state: ShellState,
  host: ShellHost,
  gnu: boolean,
): CommandResult {
  const entries: ArchiveEntry[] = [];
  let warning = '';
  let missing = false;
  let stripped = false;
  for (const path of paths) {
    const found = gathered(path, place, host);
    if (path.startsWith('/') && !stripped && (gnu || found.length > 0)) {
      stripped = true;
      warning += gnu
        ? "tar: Removing leading `/' from member names\n"
        : "tar: removing leading '/' from member names\n";
    }
    if (found.length === 0) {
      missing = true;
      warning += `tar: ${path}: ${gnu ? 'Cannot stat: ' : ''}No such file or directory\n`;
    }
    entries.push(...found);
  }
  const bytes = entries.map((entry) => writtenEntry(entry, EPOCH_SECONDS + Math.floor(host.now / 1_000_000))).join('');
  const text = textOf(bytes + ARCHIVE_END);
  const names = verbose ? entries.map(({ name }) => `${name}\n`).join('') : '';
  const err = missing ? (gnu ? LATE_FAILURE : 'tar: error exit delayed from previous errors\n') : '';
  const status = missing ? (gnu ? 2 : 1) : 0;
  if (archive === '-') return { status, warning: warning + names, out: text, err };
  host.files.set(absolute(archive, state), text);
  return { status, warning, out: names, err };
}

/** A file, or a directory with all that lies in it, by names without a slash in front. */
function gathered(path: string, place: ShellState, host: ShellHost): readonly ArchiveEntry[] {
  const full = absolute(path, place);
  const text = fileText(full, host);
  const nameOf = (file: string): string =>
    (path.replace(/\/+$/, '') + file.slice(full === '/' ? 0 : full.length)).replace(/^\/+/, '');
  if (text !== undefined) return [{ name: nameOf(full), directory: false, content: bytesOf(text) }];
  if (!isDirectory(full, host)) return [];
  const prefix = full === '/' ? '/' : `${full}/`;
  const directories = new Set<string>([full]);
  const files = [...host.files.keys()].filter((file) => file.startsWith(prefix));
  for (const file of files) {
    for (let end = file.indexOf('/', prefix.length); end >= 0; end = file.indexOf('/', end + 1))
      directories.add(file.slice(0, end));
  }
  const all = [...directories].map((directory) => ({ path: directory, directory: true }));
  all.push(...files.filter((file) => !file.endsWith('/')).map((file) => ({ path: file, directory: false })));
  all.sort((a, b) => (a.path < b.path ? -1 : 1));
  return all.map((one) => ({
    name: one.directory ? `${nameOf(one.path)}/` : nameOf(one.path),
    directory: one.directory,
    content: one.directory ? '' : bytesOf(host.files.get(one.path) ?? ''),
  }));
}

function unpack(
  { mode, verbose, paths }: Command,
  text: string,
  place: ShellState,
  host: ShellHost,
  gnu: boolean,
): CommandResult {
  const { entries, problem } = readArchive(bytesOf(text));
  const wanted = entries.filter(
    ({ name }) => paths.length === 0 || paths.some((path) => name === path || name.startsWith(`${path}/`)),
  );
  const out = mode === 't' || verbose ? wanted.map(({ name }) => `${name}\n`).join('') : '';
  if (mode === 'x') {
    let used = 0;
    for (const [path, content] of host.files) used += path.length + content.length;
    for (const { name, directory, content } of wanted) {
      used += content.length;
      if (used > DISK) {
        const full = gnu
          ? `tar: ${name}: Cannot write: No space left on device\n${LATE_FAILURE}`
          : 'tar: write error: No space left on device\n';
        return failure(gnu ? 2 : 1, full, out);
      }
      // Names that lead upwards stay below the directory.
      const path = absolute(`${place.cwd}/${absolute(`/${name}`, place)}`, place);
      if (directory) host.files.set(`${path}/`, '');
      else host.files.set(path, textOf(content));
    }
  }
  if (problem === null) return { status: 0, out, err: '' };
  if (!gnu) return failure(1, problem === 'magic' ? 'tar: invalid tar magic\n' : 'tar: short read\n', out);
  return problem === 'magic'
    ? failure(2, `tar: This does not look like a tar archive\n${LATE_FAILURE}`, out)
    : failure(2, `tar: Unexpected EOF in archive\n${FATAL}`, out);
}
