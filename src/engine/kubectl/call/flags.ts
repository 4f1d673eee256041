/**
 * Flags of a command line, as kubectl's parser reads them.
 *
 * @source github.com/spf13/pflag flag.go; kubernetes cli-runtime/pkg/genericclioptions/config_flags.go
 */
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import { Failure } from './effects';

/** `plain`: a text whose default stands in the help without quotes. */
export type FlagKind = 'text' | 'plain' | 'switch' | 'number' | 'list' | 'array' | 'span';

export interface Flag {
  readonly name: string;
  readonly short: string;
  readonly kind: FlagKind;
  /** What it is when it stands there without a value; absent: it needs one. */
  readonly bare?: string;
}

export interface Flags {
  /** Positional arguments. */
  readonly args: readonly string[];
  /** How many stand before `--`; -1: there is none. */
  readonly dash: number;
  has(name: string): boolean;
  text(name: string, otherwise?: string): string;
  on(name: string, otherwise?: boolean): boolean;
  number(name: string, otherwise?: number): number;
  /** Values separated by commas. */
  list(name: string): readonly string[];
  span(name: string, otherwise?: Micros): Micros;
}

/** @param command - e.g. `kubectl get`, for complaints */
export function parseFlags(argv: readonly string[], known: readonly Flag[], command: string): Flags {
  const given = new Map<string, string[]>();
  const args: string[] = [];
  let dash = -1;
  const refuse = (text: string): never => {
    throw new Failure(`error: ${text}\nSee '${command} --help' for usage.`);
  };
  const set = ({ name, kind }: Flag, value: string, shown: string): void => {
    const problem = problemOf(kind, value);
    if (problem !== null)
      refuse(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${problem}`);
    given.set(name, [...(given.get(name) ?? []), value]);
  };
  const shownOf = ({ name, short }: Flag): string => (short === '' ? `--${name}` : `-${short}, --${name}`);
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      dash = args.length;
      args.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      const flag = known.find((one) => one.name === name);
      if (flag === undefined) refuse(`unknown flag: --${name}`);
      else if (equals >= 0) set(flag, word.slice(equals + 1), shownOf(flag));
      else if (flag.bare !== undefined) set(flag, flag.bare, shownOf(flag));
      else if (at + 1 >= argv.length) refuse(`flag needs an argument: --${name}`);
      else set(flag, argv[++at]!, shownOf(flag));
      continue;
    }
    for (let rest = word.slice(1); rest !== '';) {
      const short = rest[0]!;
      rest = rest.slice(1);
      const flag = known.find((one) => one.short === short);
      if (flag === undefined) {
        refuse(`unknown shorthand flag: ${goQuote(short)} in ${word}`);
        break;
      }
      if (rest.startsWith('=')) {
        set(flag, rest.slice(1), shownOf(flag));
        rest = '';
      } else if (flag.bare !== undefined) set(flag, flag.bare, shownOf(flag));
      else if (rest !== '') {
        set(flag, rest, shownOf(flag));
        rest = '';
      } else if (at + 1 >= argv.length) refuse(`flag needs an argument: ${goQuote(short)} in ${word}`);
      else set(flag, argv[++at]!, shownOf(flag));
    }
  }
  const last = (name: string): string | undefined => given.get(name)?.at(-1);
  return {
    args,
    dash,
    has: (name) => given.has(name),
    text: (name, otherwise = '') => last(name) ?? otherwise,
    on: (name, otherwise = false) => (last(name) === undefined ? otherwise : BOOLEANS[last(name)!] === true),
    number: (name, otherwise = 0) => (last(name) === undefined ? otherwise : Number(last(name))),
    list: (name) => {
      const kind = known.find((flag) => flag.name === name)?.kind;
      const values = given.get(name) ?? [];
      return kind === 'array' ? values : values.flatMap((value) => (value === '' ? [] : value.split(',')));
    },
    span: (name, otherwise = 0) => (last(name) === undefined ? otherwise : (spanOf(last(name)!) ?? otherwise)),
  };
}

const goQuote = (letter: string): string => `'${letter}'`;

const BOOLEANS: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true]),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false]),
]) as Record<string, boolean>;

/** Go's words for a value that is none of its kind. */
function problemOf(kind: FlagKind, value: string): string | null {
  const syntax = (call: string): string => `strconv.${call}: parsing ${JSON.stringify(value)}: invalid syntax`;
  if (kind === 'switch') return Object.hasOwn(BOOLEANS, value) ? null : syntax('ParseBool');
  if (kind === 'number') return /^[+-]?\d{1,18}$/.test(value) ? null : syntax('ParseInt');
  if (kind !== 'span' || spanOf(value) !== null) return null;
  if (/^[+-]?\d+(\.\d+)?$/.test(value)) return `time: missing unit in duration ${JSON.stringify(value)}`;
  return `time: invalid duration ${JSON.stringify(value)}`;
}

const UNITS: Readonly<Record<string, Micros>> = { us: 1, ms: MILLISECOND, s: SECOND, m: 60 * SECOND, h: 3600 * SECOND };

/** A duration as Go writes it: `90s`, `1h30m`, `0`; null when it is none. */
export function spanOf(text: string): Micros | null {
  if (text === '0') return 0;
  const [, sign = '', rest = ''] = /^([+-]?)(.+)$/.exec(text) ?? [];
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(rest) || rest.length > 60) return null;
  let total = 0;
  for (const [, count = '0', unit = 's'] of rest.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g))
    total += Number(count) * UNITS[unit]!;
  return Math.round(sign === '-' ? -total : total);
}
