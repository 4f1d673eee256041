/**
 * Command lines of etcdctl and etcdutl as data.
 *
 * @source etcd etcdctl/ctlv3/command, etcdutl/etcdutl (3.6)
 */

export type Output = 'simple' | 'table' | 'json';

/** A command line that was understood. Positional arguments are checked by the command itself. */
export interface CommandLine {
  /** e.g. `member add`, `get`, `endpoint status`. */
  readonly verb: string;
  readonly args: readonly string[];
  /** By name without dashes; switches are `true`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly output: Output;
}

const VERBS: Readonly<Record<string, readonly string[]>> = {
  member: ['list', 'add', 'remove', 'promote', 'update'],
  endpoint: ['status', 'health'],
  snapshot: ['save', 'status', 'restore'],
  alarm: ['list', 'disarm'],
};
const PLAIN = ['get', 'put', 'del', 'watch', 'defrag', 'compact', 'compaction', 'move-leader', 'version'];
const SWITCHES = [
  'cluster',
  'prefix',
  'from-key',
  'keys-only',
  'count-only',
  'print-value-only',
  'learner',
  'mark-compacted',
  'from-backup',
];
const VALUES = [
  'endpoints',
  'write-out',
  'limit',
  'rev',
  'consistency',
  'peer-urls',
  'lease',
  'initial-cluster',
  'initial-cluster-token',
  'bump-revision',
  'command-timeout',
];

/** Words of a command line: separated by blanks, held together by quotes. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let begun = false;
  for (const letter of line) {
    if (quote !== '') {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      begun = true;
    } else if (letter === ' ' || letter === '\t' || letter === '\n') {
      if (begun || word !== '') words.push(word);
      word = '';
      begun = false;
    } else word += letter;
  }
  if (begun || word !== '') words.push(word);
  return words;
}

/** Reads a command line with or without the program's name. Answers what is wrong with it as a text. */
export function parseCommand(line: string): CommandLine | string {
  const words = wordsOf(line);
  if (words[0] === 'etcdctl' || words[0] === 'etcdutl') words.shift();
  const args: string[] = [];
  const flags: Record<string, string> = {};
  while (words.length > 0) {
    const word = words.shift()!;
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const at = word.indexOf('=');
    const given = word.replace(/^--?/, '');
    const name = at < 0 ? given : given.slice(0, given.indexOf('='));
    const full = name === 'w' ? 'write-out' : name;
    if (SWITCHES.includes(full)) flags[full] = 'true';
    else if (!VALUES.includes(full)) return `Error: unknown flag: --${name}`;
    else {
      const value = at < 0 ? words.shift() : word.slice(at + 1);
      if (value === undefined) return `Error: flag needs an argument: --${name}`;
      flags[full] = value;
    }
  }
  const output = flags['write-out'] ?? 'simple';
  if (output !== 'simple' && output !== 'table' && output !== 'json')
    return `Error: unsupported output format ${output}`;
  const [first = '', second = ''] = args;
  const subcommands = VERBS[first];
  if (subcommands !== undefined) {
    if (!subcommands.includes(second)) return `Error: unknown command "${second}" for "etcdctl ${first}"`;
    return { verb: `${first} ${second}`, args: args.slice(2), flags, output };
  }
  if (!PLAIN.includes(first)) return `Error: unknown command "${first}" for "etcdctl"`;
  return { verb: first === 'compaction' ? 'compact' : first, args: args.slice(1), flags, output };
}
