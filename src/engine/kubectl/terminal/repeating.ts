/** `watch` and `xargs`: programs that run another one, again and again. What they run is kubectl or a small tool. */
import { SECOND } from '#engine/kernel/time';
import { momentText } from '../describe/description';
import { timestamp } from '#engine/api/timestamp';
import { type Doing, type Kubectl, now, program, sleep, stdin } from '../call/effects';
import { kubectlMain } from '../commands/main';
import { parseLine } from './parse';
import { spanOfText } from './sleep';

/** A word as the shell reads it back. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs one command line. @returns its exit code */
function* run(own: Kubectl, words: readonly string[]): Doing<number> {
  const [name, ...argv] = words;
  if (name === 'kubectl') return yield* kubectlMain({ ...own, argv });
  const code = yield* program(words.map(quoted).join(' '));
  if (code === 127) own.err(`${name ?? ''}: No such file or directory\n`);
  return code;
}

/** Flags in front of the command, each with its value where it has one; the rest. */
function flagsOf(
  argv: readonly string[],
  valued: string,
): { readonly flags: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const flags = new Map<string, string>();
  let at = 0;
  for (; at < argv.length && /^-./.test(argv[at]!); at++) {
    const [letter = '', attached] = [argv[at]![1], argv[at]!.slice(2)];
    if (!valued.includes(letter)) flags.set(letter, '');
    else flags.set(letter, attached === '' ? (argv[++at] ?? '') : attached);
  }
  return { flags, rest: argv.slice(at) };
}

const HOME_AND_CLEAR = '\u001B[H\u001B[2J';
const SHORTEST = SECOND / 10;

/** `watch [-n SECONDS] [-t] COMMAND…`, until Ctrl-C. */
export function* watchMain(own: Kubectl): Doing<number> {
  const { flags, rest } = flagsOf(own.argv, 'n');
  const span = spanOfText(flags.get('n') ?? '2');
  if (rest.length === 0 || span === null) {
    own.err('Usage:\n watch [options] command\n');
    return 1;
  }
  if (own.columns === null) {
    own.err('Error opening terminal: unknown.\n');
    return 1;
  }
  const line = rest.join(' ');
  const parsed = parseLine(line, own.variables);
  const pipelines = parsed.type === 'pipelines' ? parsed.pipelines : [];
  const [command, ...others] = pipelines[0]?.commands ?? [];
  if (command === undefined || others.length > 0 || pipelines.length > 1) {
    own.err('watch: one command alone can be watched here, without pipes\n');
    return 1;
  }
  const every = Math.max(SHORTEST, span);
  for (;;) {
    const moment = momentText(timestamp(yield* now())).replace(' +0000', '');
    const parts: string[] = [];
    const take = (text: string): void => void parts.push(text);
    yield* run({ ...own, out: take, err: take }, command.argv);
    const left = `Every ${(every / SECOND).toFixed(1)}s: ${line}`;
    const right = `laptop: ${moment}`;
    const head = flags.has('t')
      ? ''
      : `${left}${right.padStart(Math.max(own.columns - left.length, right.length + 1))}\n\n`;
    own.out(`${HOME_AND_CLEAR}${head}${parts.join('')}`);
    yield* sleep(every);
  }
}

/** `xargs [-n COUNT] [-I TEXT] [-r] [-t] COMMAND…`: what stands on its input becomes arguments. */
export function* xargsMain(own: Kubectl): Doing<number> {
  const { flags, rest } = flagsOf(own.argv, 'nI');
  const command = rest.length === 0 ? ['echo'] : rest;
  const text = yield* stdin();
  const placeholder = flags.get('I');
  const items =
    placeholder === undefined
      ? text.split(/\s+/).filter((word) => word !== '')
      : text.split('\n').filter((line) => line !== '');
  const count = placeholder === undefined ? Number(flags.get('n') ?? items.length) : 1;
  if (!(count >= 1) && items.length > 0) {
    own.err('xargs: value for -n option should be >= 1\n');
    return 1;
  }
  let failed = false;
  if (items.length === 0 && (flags.has('r') || placeholder !== undefined)) return 0;
  for (let at = 0; at === 0 || at < items.length; at += count) {
    const some = items.slice(at, at + count);
    const words =
      placeholder === undefined
        ? [...command, ...some]
        : command.map((word) => word.replaceAll(placeholder, some[0] ?? ''));
    if (flags.has('t')) own.err(`${words.join(' ')}\n`);
    const code = yield* run(own, words);
    if (code === 127) return 127;
    failed ||= code !== 0;
  }
  return failed ? 123 : 0;
}
