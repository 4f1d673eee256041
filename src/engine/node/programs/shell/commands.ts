// long: a function for each command
/**
 * The small commands of a container's shell: what they print and how they end. Files are the container's own layer (and
 * what is mounted into it). A command that takes time, or changes how the script goes on, is the interpreter's.
 */
import { bareName, SYSTEM_PATHS } from './bare-name';
import { dateText } from './date-text';
import { matchesPattern } from './expand';
import { absolute, fileText, isDirectory, STANDARD_DIRECTORIES } from './files';
import type { CommandResult, ShellHost } from './host';
import type { ShellState } from './state';
import { tar } from './tar';
import { testArguments } from './test-expression';

/** So many lines does `seq` write at most. */
const MOST_LINES = 100_000;

const done = (out = ''): CommandResult => ({ status: 0, out, err: '' });
const failed = (err: string, status = 1): CommandResult => ({ status, out: '', err });

/** Commands that are known to exist in every small image but do nothing here; they succeed and print nothing. */
const SILENT = [
  'chmod',
  'chown',
  'ln',
  'sync',
  'ulimit',
  'umask',
  'clear',
  'mount',
  'top',
  'free',
  'df',
  'du',
  'sed',
  'awk',
  'find',
  'xargs',
  'gzip',
  'gunzip',
  'cut',
  'tr',
  'uniq',
  'md5sum',
  'sha256sum',
  'dd',
  'od',
  'vi',
  'mktemp',
  'stat',
  'readlink',
  'su',
  'killall',
  'ip',
  'ifconfig',
  'netstat',
  'crond',
  'mknod',
  'renice',
  'nice',
  'nohup',
  'setsid',
  'less',
  'more',
  'diff',
  'cmp',
  'time',
  'rmdir',
];
const NETWORK = ['nslookup', 'wget', 'ping', 'nc', 'telnet', 'traceroute'];

type Run = (args: readonly string[], state: ShellState, host: ShellHost) => CommandResult;

const COMMANDS: Readonly<Record<string, Run>> = {
  ':': () => done(),
  true: () => done(),
  false: () => failed(''),
  echo: (args) => {
    let at = 0;
    while (/^-[neE]+$/.test(args[at] ?? '')) at++;
    const flags = args.slice(0, at).join('');
    const text = args.slice(at).join(' ');
    return done((flags.includes('e') ? unescaped(text) : text) + (flags.includes('n') ? '' : '\n'));
  },
  printf: (args) => done(formatted(args)),
  pwd: (_, state) => done(`${state.cwd}\n`),
  cd: (args, state) => {
    state.cwd = absolute(args[0] ?? state.variables['HOME'] ?? '/', state);
    return done();
  },
  export: (args, state) => assignAll(args, state),
  readonly: (args, state) => assignAll(args, state),
  local: (args, state) => assignAll(args, state),
  unset: (args, state) => {
    for (const name of args) delete state.variables[name];
    return done();
  },
  shift: (args, state) => {
    const by = Number(args[0] ?? 1);
    state.positional = [state.positional[0] ?? 'sh', ...state.positional.slice(1 + by)];
    return done();
  },
  set: (args, state) => {
    for (const arg of args) {
      if (/^-[a-z]*e/.test(arg)) state.errexit = true;
      if (/^\+[a-z]*e/.test(arg)) state.errexit = false;
    }
    return done();
  },
  read: (args, state) => {
    const text = state.stdin;
    if (text === null || text === '') return failed('');
    const end = text.indexOf('\n');
    const name = args.find((arg) => !arg.startsWith('-')) ?? 'REPLY';
    state.variables[name] = end < 0 ? text : text.slice(0, end);
    state.stdin = end < 0 ? '' : text.slice(end + 1);
    return done();
  },
  trap: (args, state) => {
    const [action, ...signals] = args;
    for (const signal of signals)
      state.traps[signal.replace(/^SIG/, '').replace(/^15$/, 'TERM').replace(/^2$/, 'INT').replace(/^0$/, 'EXIT')] =
        action ?? '';
    return done();
  },
  ps: (_, __, host) =>
    done(
      `PID   USER     TIME  COMMAND\n${host
        .processes()
        .map(({ pid, command }) => `${String(pid).padStart(5)} root      0:00 ${command}\n`)
        .join('')}`,
    ),
  kill: (args, _, host) => {
    const signal = (args.find((arg) => /^-[A-Z0-9]/.test(arg)) ?? '-TERM').slice(1).replace(/^SIG/, '');
    for (const arg of args.filter((one) => !one.startsWith('-'))) {
      if (!/^[0-9]{1,9}$/.test(arg)) return failed(`sh: invalid number '${arg}'\n`);
      if (!host.kill(Number(arg), SIGNALS[signal] ?? signal))
        return failed(`sh: can't kill pid ${arg}: No such process\n`);
    }
    return done();
  },
  hostname: (_, __, host) => done(`${host.hostname}\n`),
  whoami: () => done('root\n'),
  id: (args) => done(args.includes('-u') ? '0\n' : 'uid=0(root) gid=0(root)\n'),
  uname: (args) =>
    done(
      args.includes('-r')
        ? '6.12.0\n'
        : args.includes('-m')
          ? 'x86_64\n'
          : args.includes('-a')
            ? 'Linux 6.12.0 x86_64 GNU/Linux\n'
            : 'Linux\n',
    ),
  nproc: () => done('4\n'),
  env: (_, state) => done(environment(state)),
  printenv: (args, state) => {
    const name = args[0];
    if (name === undefined) return done(environment(state));
    const value = state.variables[name];
    return value === undefined ? failed('') : done(`${value}\n`);
  },
  date: (args, _, host) => done(`${dateText(host.now, args.find((arg) => arg.startsWith('+'))?.slice(1) ?? '')}\n`),
  touch: (args, state, host) => {
    for (const path of operands(args, state)) if (!host.files.has(path)) host.files.set(path, '');
    return done();
  },
  mkdir: (args, state, host) => {
    for (const path of operands(args, state)) host.files.set(`${path}/`, '');
    return done();
  },
  rm: (args, state, host) => {
    const force = args.some((arg) => arg.startsWith('-') && arg.includes('f'));
    const recursive = args.some((arg) => arg.startsWith('-') && /[rR]/.test(arg));
    for (const pattern of operands(args, state)) {
      const paths = [...host.files.keys()].filter(
        (path) => path === pattern || matchesPattern(path, pattern) || (recursive && path.startsWith(`${pattern}/`)),
      );
      if (paths.length === 0 && !force) return failed(`rm: can't remove '${pattern}': No such file or directory\n`);
      for (const path of paths) host.files.delete(path);
    }
    return done();
  },
  cat: (args, state, host) => {
    const paths = operands(args, state);
    if (paths.length === 0) return done(state.stdin ?? '');
    return readAll(
      'cat',
      args.filter((arg) => !arg.startsWith('-')),
      state,
      host,
    );
  },
  cp: (args, state, host) => copy(args, state, host, false),
  mv: (args, state, host) => copy(args, state, host, true),
  tee: (args, state, host) => {
    const text = state.stdin ?? '';
    for (const path of operands(args, state))
      host.files.set(path, (args.includes('-a') ? (host.files.get(path) ?? '') : '') + text);
    return done(text);
  },
  ls: (args, state, host) => {
    const target = operands(args, state)[0] ?? state.cwd;
    if (host.files.has(target)) return done(`${target}\n`);
    const prefix = target === '/' ? '/' : `${target}/`;
    const names = [...STANDARD_DIRECTORIES, ...host.files.keys()]
      .filter((path) => path.startsWith(prefix) && path !== prefix)
      .map((path) => path.slice(prefix.length).split('/')[0] ?? '');
    if (names.length === 0 && !host.files.has(prefix) && !isDirectory(target, host))
      return failed(`ls: ${target}: No such file or directory\n`);
    return done(
      [...new Set(names)]
        .sort((a, b) => (a < b ? -1 : 1))
        .map((name) => `${name}\n`)
        .join(''),
    );
  },
  head: (args, state, host) => lines('head', args, state, host, (all, count) => all.slice(0, count)),
  tail: (args, state, host) => lines('tail', args, state, host, (all, count) => all.slice(-count)),
  rev: (args, state, host) => {
    const text = input('rev', args, state, host);
    if (typeof text !== 'string') return text;
    const reversed = text.split('\n').map((line) => Array.from(line).reverse().join(''));
    return done(reversed.join('\n'));
  },
  wc: (args, state, host) => {
    const text = input('wc', args, state, host);
    if (typeof text !== 'string') return text;
    const count = args.includes('-l')
      ? text.split('\n').length - 1
      : args.includes('-w')
        ? text.split(/\s+/).filter((word) => word !== '').length
        : text.length;
    const file = args.find((arg) => !arg.startsWith('-'));
    return done(`${count}${file === undefined ? '' : ` ${file}`}\n`);
  },
  sort: (args, state, host) => {
    const text = input('sort', args, state, host);
    if (typeof text !== 'string') return text;
    return done(
      text
        .split('\n')
        .slice(0, -1)
        .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        .map((line) => `${line}\n`)
        .join(''),
    );
  },
  grep: (args, state, host) => {
    const [pattern, ...paths] = args.filter((arg) => !arg.startsWith('-'));
    if (pattern === undefined) return failed('Usage: grep PATTERN [FILE]...\n', 2);
    const text = input('grep', paths, state, host);
    if (typeof text !== 'string') return { ...text, status: 2 };
    const flags = args.filter((arg) => arg.startsWith('-')).join('');
    const wanted = flags.includes('i') ? pattern.toLowerCase() : pattern;
    const found = text
      .split('\n')
      .filter(
        (line) =>
          line !== '' && (flags.includes('i') ? line.toLowerCase() : line).includes(wanted) !== flags.includes('v'),
      );
    const out = flags.includes('q')
      ? ''
      : flags.includes('c')
        ? `${found.length}\n`
        : found.map((line) => `${line}\n`).join('');
    return { status: found.length > 0 ? 0 : 1, out, err: '' };
  },
  seq: (args) => {
    const [first, last] = args.length === 1 ? [1, Number(args[0])] : [Number(args[0]), Number(args[args.length - 1])];
    const step = args.length === 3 ? Number(args[1]) : 1;
    const out: string[] = [];
    for (let i = first; step > 0 ? i <= last : step < 0 && i >= last; i += step) {
      out.push(`${i}\n`);
      if (out.length >= MOST_LINES) break;
    }
    return done(out.join(''));
  },
  expr: (args) => {
    const [left = '0', operator = '+', right = '0'] = args;
    const [a, b] = [Number(left), Number(right)];
    const value =
      operator === '+'
        ? a + b
        : operator === '-'
          ? a - b
          : operator === '*'
            ? a * b
            : operator === '/'
              ? Math.trunc(a / b)
              : operator === '%'
                ? a % b
                : operator === '='
                  ? Number(left === right)
                  : 0;
    return { status: value === 0 ? 1 : 0, out: `${value}\n`, err: '' };
  },
  basename: (args) =>
    done(
      `${
        (args[0] ?? '')
          .split('/')
          .filter((part) => part !== '')
          .pop() ?? '/'
      }\n`,
    ),
  dirname: (args) => {
    const at = (args[0] ?? '').lastIndexOf('/');
    return done(`${at < 0 ? '.' : at === 0 ? '/' : (args[0] ?? '').slice(0, at)}\n`);
  },
  test: (args, state, host) => ({ status: testArguments(args, state, host) ? 0 : 1, out: '', err: '' }),
  '[': (args, state, host) => ({ status: testArguments(args.slice(0, -1), state, host) ? 0 : 1, out: '', err: '' }),
  tty: (_, __, host) => (host.terminal === null ? { status: 1, out: 'not a tty\n', err: '' } : done('/dev/pts/0\n')),
  stty: (args, _, host) => {
    const debian = host.tools === 'debian';
    if (host.terminal === null)
      return failed(
        `stty: ${debian ? "'standard input': Inappropriate ioctl for device" : 'standard input: Not a tty'}\n`,
      );
    return done(args.includes('size') ? `${host.terminal.size}\n` : '');
  },
  which: (args, _, host) => locate(args[0] ?? '', host),
  tar,
  type: (args, _, host) => locate(args[0] ?? '', host),
  command: (args, _, host) => locate(args[args.length - 1] ?? '', host),
};

const SIGNALS: Readonly<Record<string, string>> = { '1': 'HUP', '2': 'INT', '3': 'QUIT', '9': 'KILL', '15': 'TERM' };

/** Names that the interpreter itself runs. */
const INTERPRETED = ['sleep', 'exit', 'return', 'exec', 'eval', 'wait', 'sh', 'bash', 'ash', 'timeout', '.'];

/** Whether a command of this name exists for the container. */
export function commandExists(name: string, host: ShellHost): boolean {
  if (host.isProgram(name) || host.toolOutput(name) !== undefined || host.tools === 'unknown') return true;
  if (host.tools === 'none') return false;
  const bare = bareName(name);
  if (name.startsWith('/') && !SYSTEM_PATHS.some((path) => name === path + bare)) return host.files.has(name);
  if (bare === 'bash') return host.tools === 'debian';
  if (bare === 'ps' && host.tools === 'debian') return false;
  if (bare === 'curl') return false;
  if (host.tools === 'debian' && NETWORK.includes(bare)) return false;
  return bare in COMMANDS || INTERPRETED.includes(bare) || SILENT.includes(bare) || NETWORK.includes(bare);
}

/** Runs a command that takes no time. */
export function runCommand(argv: readonly string[], state: ShellState, host: ShellHost): CommandResult {
  const name = argv[0] ?? '';
  const tool = host.toolOutput(name);
  if (tool !== undefined && !host.toolsReady) return failed(`${name}: could not connect to server\n`);
  if (tool !== undefined) return done(tool === '' ? '' : `${tool}\n`);
  if (!commandExists(name, host)) return failed(`sh: ${name}: not found\n`, 127);
  const bare = bareName(name);
  const run = Object.hasOwn(COMMANDS, bare) ? COMMANDS[bare] : undefined;
  if (run !== undefined) return run(argv.slice(1), state, host);
  if (NETWORK.includes(bare) || bare === 'curl') return failed(networkFailure(bare, argv), 1);
  return done();
}

/** There is no name service on the pod network yet: a lookup fails as it does where none is deployed. */
function networkFailure(name: string, argv: readonly string[]): string {
  const target = argv.slice(1).find((arg) => !arg.startsWith('-')) ?? '';
  if (name === 'nslookup') return ';; connection timed out; no servers could be reached\n';
  if (name === 'curl') return `curl: (6) Could not resolve host: ${target}\n`;
  return `${name}: bad address '${target.replace(/^https?:\/\//, '').split('/')[0] ?? ''}'\n`;
}

const environment = (state: ShellState): string =>
  Object.entries(state.variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

const locate = (name: string, host: ShellHost): CommandResult =>
  commandExists(name, host) ? done(`/bin/${bareName(name)}\n`) : failed('', 127);

function assignAll(args: readonly string[], state: ShellState): CommandResult {
  for (const arg of args) {
    const at = arg.indexOf('=');
    if (at > 0) state.variables[arg.slice(0, at)] = arg.slice(at + 1);
  }
  return done();
}

const operands = (args: readonly string[], state: ShellState): string[] =>
  args.filter((arg) => !arg.startsWith('-')).map((arg) => absolute(arg, state));

function readAll(name: string, paths: readonly string[], state: ShellState, host: ShellHost): CommandResult {
  let out = '';
  let err = '';
  for (const path of paths) {
    const text = fileText(absolute(path, state), host);
    if (text === undefined)
      err += `${name}: ${name === 'cat' && host.tools !== 'debian' ? `can't open '${path}'` : path}: No such file or directory\n`;
    else out += text;
  }
  return { status: err === '' ? 0 : 1, out, err };
}

function input(name: string, args: readonly string[], state: ShellState, host: ShellHost): string | CommandResult {
  const paths = args.filter((arg) => !arg.startsWith('-') && !/^[0-9]+$/.test(arg));
  if (paths.length === 0) return state.stdin ?? '';
  const read = readAll(name, paths, state, host);
  return read.status === 0 ? read.out : read;
}

function lines(
  name: string,
  args: readonly string[],
  state: ShellState,
  host: ShellHost,
  pick: (all: readonly string[], count: number) => readonly string[],
): CommandResult {
  const text = input(name, args, state, host);
  if (typeof text !== 'string') return text;
  const flag = args.findIndex((arg) => /^-n?[0-9]*$/.test(arg));
  const written = flag < 0 ? '' : (args[flag] ?? '').replace(/^-n?/, '') || (args[flag + 1] ?? '');
  const count = /^[0-9]+$/.test(written) ? Number(written) : 10;
  const all = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text === '' ? [] : text.split('\n');
  return done(
    pick(all, count)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function copy(args: readonly string[], state: ShellState, host: ShellHost, move: boolean): CommandResult {
  const [from = '', to = ''] = operands(args, state);
  const text = host.files.get(from);
  if (text === undefined) return failed(`${move ? 'mv' : 'cp'}: can't stat '${from}': No such file or directory\n`);
  host.files.set(isDirectory(to, host) ? `${to}/${from.split('/').pop() ?? ''}` : to, text);
  if (move) host.files.delete(from);
  return done();
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001B',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** What stands behind backslashes, octal and hexadecimal numbers too. @source busybox libbb/process_escape_sequence.c */
const unescaped = (text: string): string =>
  text.replace(
    /\\(?:(0?[0-7]{1,3})|x([0-9a-fA-F]{1,2})|([abefnrtv\\]))/g,
    (_, octal: string | undefined, hex: string | undefined, letter: string | undefined) =>
      ESCAPES[letter ?? ''] ??
      String.fromCharCode(octal === undefined ? Number.parseInt(hex ?? '0', 16) : Number.parseInt(octal, 8) & 0xff),
  );

function formatted(args: readonly string[]): string {
  const [format = '', ...values] = args;
  let at = 0;
  const once = (): string =>
    unescaped(format).replace(/%([-0-9.]{0,6})([sdbc%])/g, (_, __: string, kind: string) =>
      kind === '%' ? '%' : (values[at++] ?? (kind === 'd' ? '0' : '')),
    );
  let out = once();
  while (at > 0 && at < values.length && out.length < 100_000) out += once();
  return out;
}
