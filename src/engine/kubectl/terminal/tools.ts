// long: one small program after the other
/** The small programs of the laptop's shell, beside kubectl: what they make of their input and their files. */
import { compileRegExp } from '#engine/api/regexp/regexp';
import { byteOrder } from '#engine/api/json';
import { readScript } from './sed';
import type { Stage } from './session';

/** What a tool sees of the laptop. */
export interface ToolHost {
  read(path: string): string | null;
  write(path: string, text: string | null): void;
  list(folder: string): readonly string[];
  out(text: string): void;
  err(text: string): void;
  /** Shows a text a page at a time until it is left; null: what it prints goes to no window. */
  readonly page: ((text: string) => void) | null;
  /** Its standard input has something to read from: a pipe, a file, or somebody who types. */
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Names under which the window's editor is called. */
export const EDITORS: readonly string[] = ['vi', 'vim', 'nano'];

/** Names of what shows a text a page at a time. */
export const PAGERS: readonly string[] = ['less', 'more'];

/** Takes what has come. @returns its exit code, or null: it waits for more */
type Tool = (stage: Stage, host: ToolHost) => number | null;

/** Tools that take a whole text: from their files, else from their input. */
function whole(
  name: string,
  operandsOf: (args: readonly string[]) => readonly string[],
  run: (text: string, args: readonly string[], host: ToolHost, paths: readonly string[]) => number,
): Tool {
  return (stage, host) => {
    const args = stage.argv.slice(1);
    const paths = operandsOf(args);
    if (paths.length === 0) return stage.inputEnded ? run(stage.input, args, host, paths) : null;
    let text = '';
    let failed = false;
    for (const path of paths) {
      const content = path === '-' ? stage.input : host.read(path);
      if (content === null) host.err(`${name}: ${path}: No such file or directory\n`);
      failed ||= content === null;
      text += content ?? '';
    }
    const code = run(text, args, host, paths);
    return failed ? Math.max(code, 1) : code;
  };
}

const operands = (args: readonly string[]): readonly string[] =>
  args.filter((arg) => arg === '-' || !arg.startsWith('-'));
/** Operands of a tool of which some flags take a value. */
const operandsBeside =
  (flags: string) =>
  (args: readonly string[]): readonly string[] =>
    args.filter((arg, index) => (arg === '-' || !arg.startsWith('-')) && !isFlag(args[index - 1], flags));
const isFlag = (arg: string | undefined, flags: string): boolean =>
  arg !== undefined && arg.length === 2 && arg.startsWith('-') && flags.includes(arg[1]!);

const linesOf = (text: string): string[] =>
  text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** `-n 5`, `-n5`, `-5`. */
function countOf(args: readonly string[], otherwise: number): number {
  for (const [index, arg] of args.entries()) {
    const given = /^-n?(\d{1,9})$/.exec(arg)?.[1] ?? (arg === '-n' ? args[index + 1]?.replace(/^\+/, '') : undefined);
    if (given !== undefined) return Number(given);
  }
  return otherwise;
}

/** Each line as it comes. */
const grep: Tool = (stage, host) => {
  const { argv, memory } = stage;
  const flags = argv
    .slice(1)
    .filter((arg) => /^-[a-zA-Z]+$/.test(arg))
    .join('');
  const valued = /^-[a-zA-Z]*[eABC]$/;
  const operandsGiven = argv.slice(1).filter((arg, index) => !arg.startsWith('-') && !valued.test(argv[index] ?? ''));
  const explicit = argv.findIndex((arg) => arg === '-e');
  const pattern = explicit > 0 ? argv[explicit + 1] : operandsGiven[0];
  if (pattern === undefined) {
    host.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
    return 2;
  }
  const paths = operandsGiven.slice(explicit > 0 ? 0 : 1);
  const basic = flags.includes('E') || argv[0] === 'egrep' ? pattern : extended(pattern);
  const source = flags.includes('F') ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : basic;
  const read = compileRegExp(
    `${flags.includes('i') ? '(?i)' : ''}${flags.includes('w') ? `\\b(?:${source})\\b` : source}`,
  );
  if (!read.ok) {
    host.err(`grep: ${read.error}\n`);
    return 2;
  }
  const matches = (line: string): boolean => read.value.matches(line) !== flags.includes('v');
  const after = Number(numberOf(argv, 'A') ?? numberOf(argv, 'C') ?? 0);
  const before = Number(numberOf(argv, 'B') ?? numberOf(argv, 'C') ?? 0);
  if (paths.length > 0) {
    for (const path of paths) {
      const text = host.read(path);
      if (text === null) {
        host.err(`grep: ${path}: No such file or directory\n`);
        memory['failed'] = true;
      } else stage.input += text;
    }
    stage.inputEnded = true;
  }
  const end = stage.inputEnded ? stage.input.length : stage.input.lastIndexOf('\n') + 1;
  const held = (memory['held'] ?? []) as string[];
  let found = (memory['found'] ?? 0) as number;
  let number = (memory['number'] ?? 0) as number;
  let following = (memory['following'] ?? 0) as number;
  const shownLines: string[] = [];
  for (const line of linesOf(stage.input.slice(0, end))) {
    number++;
    const shown = flags.includes('n') ? `${number}:${line}` : line;
    if (matches(line)) {
      found++;
      if (!flags.includes('c') && !flags.includes('q')) shownLines.push(...held.splice(0), shown);
      following = after;
    } else if (following > 0) {
      following--;
      shownLines.push(shown);
    } else if (before > 0) {
      held.push(shown);
      if (held.length > before) held.shift();
    }
  }
  host.out(joined(shownLines));
  stage.input = stage.input.slice(end);
  Object.assign(memory, { held, found, number, following });
  if (!stage.inputEnded) return null;
  if (flags.includes('c')) host.out(`${found}\n`);
  return memory['failed'] === true ? 2 : found > 0 ? 0 : 1;
};

const numberOf = (argv: readonly string[], flag: string): string | undefined => {
  for (const [index, arg] of argv.entries()) {
    if (arg === `-${flag}`) return argv[index + 1];
    if (arg.startsWith(`-${flag}`) && /^\d+$/.test(arg.slice(2))) return arg.slice(2);
  }
  return undefined;
};

/** A basic regular expression as an extended one: there `\|`, `\(`, `\+` are the operators. */
const extended = (basic: string): string =>
  basic.replace(/\\[|(){}+?]|[|(){}+?]/g, (sign) => (sign.startsWith('\\') ? sign.slice(1) : `\\${sign}`));

const head: Tool = (stage, host) => {
  const args = stage.argv.slice(1);
  const paths = operandsBeside('nc')(args);
  if (paths.length > 0)
    return whole('head', operandsBeside('nc'), (text) => {
      host.out(joined(linesOf(text).slice(0, countOf(args, 10))));
      return 0;
    })(stage, host);
  const { memory } = stage;
  let left = (memory['left'] ?? countOf(args, 10)) as number;
  const end = stage.inputEnded ? stage.input.length : stage.input.lastIndexOf('\n') + 1;
  const lines = linesOf(stage.input.slice(0, end)).slice(0, left);
  stage.input = stage.input.slice(end);
  left -= lines.length;
  memory['left'] = left;
  host.out(joined(lines));
  return left <= 0 || stage.inputEnded ? 0 : null;
};

const cat: Tool = (stage, host) => {
  const paths = operands(stage.argv.slice(1));
  if (paths.length > 0 && !paths.includes('-'))
    return whole('cat', operands, (text) => {
      host.out(text);
      return 0;
    })(stage, host);
  host.out(stage.input);
  stage.input = '';
  return stage.inputEnded ? 0 : null;
};

const echo: Tool = ({ argv }, host) => {
  let at = 1;
  while (/^-[neE]+$/.test(argv[at] ?? '')) at++;
  const flags = argv.slice(1, at).join('');
  const text = argv.slice(at).join(' ');
  host.out((flags.includes('e') ? unescaped(text) : text) + (flags.includes('n') ? '' : '\n'));
  return 0;
};

const unescaped = (text: string): string =>
  text.replace(/\\([nt\\])/g, (_, which: string) => (which === 'n' ? '\n' : which === 't' ? '\t' : '\\'));

function printf({ argv }: Stage, host: ToolHost): number {
  const [format = '', ...values] = argv.slice(1);
  let at = 0;
  const once = (): string =>
    unescaped(format).replace(/%([sd%])/g, (_, kind: string) =>
      kind === '%' ? '%' : (values[at++] ?? (kind === 'd' ? '0' : '')),
    );
  let out = once();
  while (at > 0 && at < values.length && out.length < 100_000) out += once();
  host.out(out);
  return 0;
}

function ls(stage: Stage, host: ToolHost): number {
  const [folder = '.'] = operands(stage.argv.slice(1));
  const below = host.list(folder);
  if (below.length === 0 && host.read(folder) !== null) host.out(`${folder}\n`);
  else if (below.length === 0 && folder !== '.') {
    host.err(`ls: cannot access '${folder}': No such file or directory\n`);
    return 2;
  }
  host.out(joined([...new Set(below.map((path) => path.split('/')[0]!))].sort(byteOrder)));
  return 0;
}

function rm(stage: Stage, host: ToolHost): number {
  const flags = stage.argv.filter((arg) => arg.startsWith('-')).join('');
  let code = 0;
  for (const path of operands(stage.argv.slice(1))) {
    const below = flags.includes('r') ? host.list(path).map((name) => `${path}/${name}`) : [];
    const all = host.read(path) === null ? below : [path, ...below];
    if (all.length === 0 && !flags.includes('f')) {
      host.err(`rm: cannot remove '${path}': No such file or directory\n`);
      code = 1;
    }
    for (const one of all) host.write(one, null);
  }
  return code;
}

function copy(stage: Stage, host: ToolHost): number {
  const [from = '', to = ''] = operands(stage.argv.slice(1));
  const text = host.read(from);
  if (text === null) {
    host.err(`${stage.argv[0]}: cannot stat '${from}': No such file or directory\n`);
    return 1;
  }
  const name = from.slice(from.lastIndexOf('/') + 1);
  host.write(to.endsWith('/') || host.list(to).length > 0 ? `${to.replace(/\/$/, '')}/${name}` : to, text);
  if (stage.argv[0] === 'mv') host.write(from, null);
  return 0;
}

function sort(text: string, args: readonly string[], host: ToolHost): number {
  const flags = args.filter((arg) => arg.startsWith('-')).join('');
  const key = /-k\s?(\d+)/.exec(args.join(' '))?.[1];
  const of = (line: string): string => (key === undefined ? line : (line.trim().split(/\s+/)[Number(key) - 1] ?? ''));
  const compare = (a: string, b: string): number =>
    flags.includes('n') ? (Number.parseFloat(of(a)) || 0) - (Number.parseFloat(of(b)) || 0) : byteOrder(of(a), of(b));
  const lines = linesOf(text).sort((a, b) => compare(a, b) || byteOrder(a, b));
  if (flags.includes('r')) lines.reverse();
  host.out(joined(flags.includes('u') ? [...new Set(lines)] : lines));
  return 0;
}

function wc(text: string, args: readonly string[], host: ToolHost, paths: readonly string[]): number {
  const flags = args.filter((arg) => arg.startsWith('-')).join('');
  const counts = {
    l: text.split('\n').length - 1,
    w: text.split(/\s+/).filter((word) => word !== '').length,
    c: text.length,
  };
  const chosen = (['l', 'w', 'c'] as const).filter((flag) => flags === '' || flags.includes(flag));
  const values = chosen.map((flag) => String(counts[flag]));
  const name = paths[0] === undefined ? '' : ` ${paths[0]}`;
  host.out(`${chosen.length === 1 ? values[0] : values.map((value) => value.padStart(7)).join(' ')}${name}\n`);
  return 0;
}

function cut(text: string, args: readonly string[], host: ToolHost): number {
  const all = args.join(' ');
  const delimiter = /-d\s?(.)/.exec(all)?.[1] ?? '\t';
  const fields = (/-f\s?([\d,]+)/.exec(all)?.[1] ?? '1').split(',').map(Number);
  host.out(
    joined(
      linesOf(text).map((line) => {
        const parts = line.split(delimiter);
        return parts.length === 1 ? line : fields.flatMap((field) => parts[field - 1] ?? []).join(delimiter);
      }),
    ),
  );
  return 0;
}

/** `sed [-n] [-i] [-E] [-e SCRIPT] [SCRIPT] [FILE]...` */
function sed(stage: Stage, host: ToolHost): number | null {
  const scripts: string[] = [];
  const words: string[] = [];
  let flags = '';
  const args = stage.argv.slice(1);
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === '-e') scripts.push(args[++at] ?? '');
    else if (arg.startsWith('-') && arg !== '-') flags += arg.slice(1);
    else words.push(arg);
  }
  if (scripts.length === 0) scripts.push(words.shift() ?? '');
  const script = readScript(scripts.join('\n'), /[Er]/.test(flags) ? (pattern) => pattern : extended);
  if (typeof script === 'string') {
    host.err(`sed: -e expression #1, char 0: ${script}\n`);
    return 1;
  }
  const quiet = flags.includes('n');
  if (words.length === 0) {
    if (!stage.inputEnded) return null;
    host.out(joined(script.run(linesOf(stage.input), quiet)));
    return 0;
  }
  let code = 0;
  for (const path of words) {
    const text = host.read(path);
    if (text === null) {
      host.err(`sed: can't read ${path}: No such file or directory\n`);
      code = 2;
    } else if (flags.includes('i')) host.write(path, joined(script.run(linesOf(text), quiet)));
    else host.out(joined(script.run(linesOf(text), quiet)));
  }
  return code;
}

/** `less`: waits for all of it, then for whoever reads it. */
const pager: Tool = (stage, host) => {
  if (stage.memory['shown'] === true) return null;
  let all = '';
  const { page } = host;
  const code = whole(stage.argv[0]!, operands, (text) => {
    all = text;
    return 0;
  })(stage, host);
  if (code === null || page === null || (all === '' && code !== 0)) {
    if (code !== null) host.out(all);
    return code;
  }
  stage.memory['shown'] = true;
  page(all);
  return null;
};

export const TOOLS: Readonly<Record<string, Tool>> = {
  grep,
  egrep: grep,
  head,
  cat,
  less: pager,
  more: pager,
  echo,
  printf,
  ls,
  rm,
  cp: copy,
  mv: copy,
  sed,
  seq: (stage, host) => {
    const [first = '', second] = operands(stage.argv.slice(1));
    const [from, to] = second === undefined ? [1, Number(first)] : [Number(first), Number(second)];
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || to - from > 1_000_000) {
      host.err(`seq: invalid floating point argument: '${second ?? first}'\n`);
      return 1;
    }
    host.out(joined(Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String(from + index))));
    return 0;
  },
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  mkdir: () => 0,
  touch: (stage, host) => {
    operands(stage.argv.slice(1)).forEach((path) => host.read(path) === null && host.write(path, ''));
    return 0;
  },
  pwd: (_, host) => {
    host.out(`${host.directory}\n`);
    return 0;
  },
  env: (_, host) => {
    host.out(joined(Object.entries(host.variables).map(([name, value]) => `${name}=${value}`)));
    return 0;
  },
  clear: (_, host) => {
    host.out('\u001b[H\u001b[2J\u001b[3J');
    return 0;
  },
  tail: whole('tail', operandsBeside('nc'), (text, args, host) => {
    const lines = linesOf(text);
    const from = args
      .map((arg, index) => (arg === '-n' ? args[index + 1] : undefined))
      .find((arg) => arg?.startsWith('+'));
    host.out(
      joined(
        from === undefined ? lines.slice(Math.max(0, lines.length - countOf(args, 10))) : lines.slice(Number(from) - 1),
      ),
    );
    return 0;
  }),
  sort: whole('sort', operandsBeside('kt'), sort),
  uniq: whole('uniq', operands, (text, args, host) => {
    const counts: { line: string; count: number }[] = [];
    for (const line of linesOf(text)) {
      const last = counts[counts.length - 1];
      if (last?.line === line) last.count++;
      else counts.push({ line, count: 1 });
    }
    host.out(
      joined(counts.map(({ line, count }) => (args.includes('-c') ? `${String(count).padStart(7)} ${line}` : line))),
    );
    return 0;
  }),
  wc: whole('wc', operands, wc),
  cut: whole('cut', operandsBeside('df'), cut),
  tee: (stage, host) => {
    const path = operands(stage.argv.slice(1))[0];
    host.out(stage.input);
    stage.memory['text'] = ((stage.memory['text'] ?? '') as string) + stage.input;
    stage.input = '';
    if (stage.inputEnded && path !== undefined) host.write(path, stage.memory['text'] as string);
    return stage.inputEnded ? 0 : null;
  },
};
