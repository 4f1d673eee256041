/** Stories of kubectl commands, and what becomes of what they print so that it is the same each time. */
import type { Action } from '#engine/cluster/door';
import type { Addon } from '#scenarios/addons/addons';
import { advance, ask, post, type Ran, type RealKubectl, type Served } from './testing';

export interface Step {
  /** What stands after `kubectl`, as one writes it in a shell (quotes, no variables). */
  readonly args: string;
  readonly stdin?: string;
  /** Virtual time goes on while the command runs, at this speed. */
  readonly speed?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Only the last line is kept: the others depend on when kubectl looked. */
  readonly lastLine?: boolean;
}

/** Something that happens beside what is typed: as it is asked of `serve`, and as an action. */
export interface Happening {
  /** In the transcript. */
  readonly words: string;
  readonly method: 'POST' | 'DELETE';
  /** Below `/_sim/`. */
  readonly path: string;
  readonly body?: unknown;
  readonly action: Action;
}

/** A step, something that happens, or so much virtual time that passes: `+12m`. */
export type Line = Step | Happening | string;

/** Stories of one cluster, one after the other, each with its transcript. */
export interface StorySet {
  readonly nodes: number;
  readonly zones: number;
  /** Absent: 1. */
  readonly controlPlanes?: number;
  /** What is installed from the start. Absent: nothing. */
  readonly addons?: readonly Addon[];
  /** Files that the commands read, by their paths. */
  readonly files: Readonly<Record<string, string>>;
  readonly stories: Readonly<Record<string, readonly Line[]>>;
}

/** Words of a command line, with single and double quotes. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));

const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/https?:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/127\.0\.0\.1:\d+/g, '<address>'],
  [/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  // kubectl still types when what it types to has ended.
  [/^E\d{4} .* "Unhandled Error" err="websocket: close sent"\n/gm, ''],
  [/[EIW]\d{4} [\d:.]+ +\d+ (\w+\.go):\d+/g, 'W<time> $1'],
  [/\bkubectl\.1\.\d+ get\b/g, 'kubectl get'],
  [/kubectl(?:\.1\.\d+)?-edit-\d+/g, 'kubectl-edit-<id>'],
  [/Thu, 01 Jan 2026 \d\d:\d\d:\d\d \+0000/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g, '<time>'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1"<rv>"'],
  [/(Resource Version: +|\bresourceVersion:)\d+/g, '$1<rv>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  // Of a template with the moment of a restart in it.
  [/\bapi-[0-9a-f]{7,10}\b/g, 'api-<hash>'],
  [/(failed to start exec )"[0-9a-f]{64}"/g, '$1"<id>"'],
  [/(containerd:\/\/)[0-9a-f]{64}/g, '$1<id>'],
  [/(\/tmp\/(?:LIVE|MERGED)-)\d+(\S+)(?:\t.*)?/g, '$1<id>$2'],
  [/(?<=[a-z0-9]-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, 'xxxxx'],
  [/ in [\d.]+m?s \([\d.]+m?s including waiting\)/g, ' in <duration>'],
  // By the clock of this computer, which is not the cluster's.
  [/^(\d+y)?\d{2,3}d +/gm, '<age>  '],
  [/ +(\d+y)?\d{2,3}d( +\(x\d+ over (\d+y)?\d+d\))? +/g, '  <age>  '],
  [/(?<=%\) +)(\d+y)?\d{2,3}d$/gm, '<age>'],
  [/\(lasts (\d+y)?\d{2,3}d\)/g, '(lasts <age>)'],
  // A moment on either side of a second.
  [/^(Duration: +).*/gm, '$1<duration>'],
  // How often a drain has to try depends on how fast this computer is.
  [/^(evicting pod .*\n)\1+/gm, '$1'],
  [/^(error when evicting .*\n)\1+/gm, '$1'],
  // kubectl's own race: what comes after it has closed a stream.
  [/^W<time> websocket\.go\] Unknown stream id \d+, discarding message\n/gm, ''],
];

/** Of the pod network and the Services' range: which of them depends on what came before. */
const ADDRESS = /\b10\.(244|9[6-9]|1[01]\d)\.\d{1,3}\.\d{1,3}\b(?<!10\.96\.0\.1)/g;

/** The rows of a LimitRange: kubectl describes them in the order of a Go map, another one each time. */
const LIMIT_ROWS = /(?<=^ *-{4} +-{8} +--- .*\n)(?: *[A-Z]\w+ .*\n)+/gm;

/** What a ConfigMap holds: kubectl 1.33 describes it in the order of a Go map. */
const DATA = /(?<=^Data\n====\n)(?:[-.\w]+:\n----\n[\s\S]*?\n\n)*(?=\nBinaryData\n====\n)/gm;

/** Of a Secret likewise. */
const SIZES = /(?<=^Data\n====\n)(?:[-.\w]+: +(?:\d+ bytes|eyJ\S+)\n)+/gm;

const sortedData = (data: string): string =>
  data
    .split(/^(?=[-.\w]+:\n----\n)/m)
    .toSorted()
    .join('');

const sorted = (rows: string): string => `${rows.trimEnd().split('\n').toSorted().join('\n')}\n`;

function settled(text: string, home: string): string {
  const replaced = REPLACED.reduce(
    (so, [pattern, word]) => so.replace(pattern, word),
    text.replaceAll(home, '<home>').replace(LIMIT_ROWS, sorted).replace(DATA, sortedData).replace(SIZES, sorted),
  );
  const unaddressed = replaced.replace(ADDRESS, '<address>');
  // Columns are as wide as their addresses.
  return unaddressed === replaced ? replaced : unaddressed.replace(/(?<=\S) {3,}/g, '   ');
}

const indented = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

/**
 * How long a command takes is not always the same to the millisecond, so each line begins with a second: ages come out the same.
 * µs.
 */
export const LINE_BEGINS = 1_000_000;
/** How long a cluster needs until all is there differs from host to host, so its stories begin with a minute. */
export const STORIES_BEGIN = 60_000_000;

/** @returns µs from `now` until the next multiple of `step`; 0 when one has just gone by: an action may take a microsecond or not */
export const untilNext = (now: number, step: number): number => (now % step < 1_000 ? 0 : step - (now % step));

/** Lets virtual time pass until the next multiple of `step` (µs). */
export async function reach(url: string, step: number): Promise<void> {
  const { json } = await ask(url, '/_sim/clock');
  const span = untilNext(Number(json['now']), step);
  if (span > 0) await advance(url, `${span / 1_000}ms`);
}

/** Runs a story. @returns its transcript */
export async function told(cluster: Served, kubectl: RealKubectl, lines: readonly Line[]): Promise<string> {
  const parts: string[] = [];
  for (const line of lines) {
    await reach(cluster.url, LINE_BEGINS);
    if (typeof line === 'string') {
      await advance(cluster.url, line.slice(1));
      parts.push(`… ${line.slice(1)}\n`);
      continue;
    }
    if ('words' in line) {
      const { words, method, path, body } = line;
      await ask(cluster.url, `/_sim/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      parts.push(`• ${words}\n`);
      continue;
    }
    const { args, stdin = '', speed, env } = line;
    if (speed !== undefined) await post(cluster.url, '/_sim/clock', { speed });
    const ran = await kubectl.run(wordsOf(args), stdin, env);
    if (speed !== undefined) await post(cluster.url, '/_sim/clock', { paused: true });
    parts.push(block(line, ran, kubectl.home));
  }
  return parts.join('\n');
}

/** A command and what it printed, as a transcript has them. */
export function block(step: Step, { code, stdout: printed, stderr }: Ran, home: string): string {
  const { args, stdin = '', env, lastLine = false } = step;
  const stdout = lastLine ? `${printed.trimEnd().split('\n').at(-1)}\n` : printed;
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}='${value}' `);
  return `$ ${variables.join('')}kubectl ${args}${stdin === '' ? '' : ` <<'END'\n${stdin}END`}\n${settled(stdout, home)}${stdout === '' || stdout.endsWith('\n') ? '' : '⏎\n'}${indented(settled(stderr, home), '! ')}${code === 0 ? '' : `(exit ${code})\n`}`;
}

export const run = (args: string, more: Omit<Step, 'args'> = {}): Step => ({ args, ...more });
