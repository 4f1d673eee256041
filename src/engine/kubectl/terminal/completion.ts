/** What Tab makes of the word before the cursor: commands, kinds, names, namespaces, flags. */
import { builtIn } from '#engine/api/registry';
import type { ResourceInfo } from '#engine/api/resource-info';

import { type Command, type Family, isFamily } from '../commands/command';
import { COMMANDS } from '../commands/registry';
import { GLOBAL_FLAGS, manualOf } from '../manual/manual';
import { TOOLS } from './tools';

/** What there is in the cluster, as far as whoever completes knows it. */
export interface Knowledge {
  readonly namespaces: readonly string[];
  /** Names of the objects of a kind; an empty namespace: of all of them. */
  names(kind: string, namespace: string): readonly string[];
}

export interface Completion {
  /** Where the word begins that is completed. */
  readonly from: number;
  /** Words that may stand there, sorted. */
  readonly candidates: readonly string[];
}

/** What the words after a command are, where they are not a kind and names. */
const OPERANDS: Readonly<Record<string, string>> = {
  logs: 'Pod',
  exec: 'Pod',
  attach: 'Pod',
  'port-forward': 'Pod',
  debug: 'Pod',
  cp: 'Pod',
  cordon: 'Node',
  uncordon: 'Node',
  drain: 'Node',
  'top pod': 'Pod',
  'top pods': 'Pod',
  'top node': 'Node',
  'top nodes': 'Node',
};

const KIND_COMMANDS =
  /^(?:get|describe|delete|edit|label|annotate|patch|scale|expose|autoscale|wait|explain|taint|events|rollout \S+|set \S+)$/;

const FORMATS = ['json', 'yaml', 'wide', 'name', 'jsonpath=', 'custom-columns=', 'go-template='];

/** The part of a line that is one command: what stands after the last `|`, `;` or `&&`. */
const segmentStart = (text: string): number =>
  Math.max(text.lastIndexOf('|'), text.lastIndexOf(';'), text.lastIndexOf('&')) + 1;

/** Words between blanks; a blank behind a backslash belongs to its word. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:\\[\s\S]|[^\s\\])+/g) ?? [];
  return text === '' || /(?:^|[^\\])\s$/.test(text) ? [...words, ''] : [...words];
}

/** A name as the shell takes it: what means something to the shell stands behind a backslash. */
const escaped = (name: string): string => name.replace(/[^\w./:=@%+,-]/g, '\\$&');

export function complete(text: string, given: Knowledge): Completion {
  const knowledge: Knowledge = {
    get namespaces() {
      return given.namespaces;
    },
    names: (kind, namespace) => given.names(kind, namespace).map(escaped),
  };
  const words = wordsOf(text.slice(segmentStart(text)).trimStart());
  const word = words.pop() ?? '';
  const from = text.length - word.length;
  const found = (candidates: Iterable<string>, at = from): Completion => ({
    from: at,
    candidates: [...new Set(candidates)].filter((one) => one.startsWith(text.slice(at))).sort(),
  });
  if (words.length === 0) return found(['curl', 'kubectl', 'sleep', 'watch', 'xargs', ...Object.keys(TOOLS)]);
  if (words[0] !== 'kubectl') return found([]);

  const { command, path, operands, namespace } = understood(words.slice(1));
  const before = words.at(-1) ?? '';
  if (['-n', '--namespace'].includes(before)) return found(knowledge.namespaces);
  if (['-o', '--output'].includes(before)) return found(FORMATS);
  const assigned = /^--(namespace|output)=/.exec(word);
  if (assigned !== null)
    return found(assigned[1] === 'namespace' ? knowledge.namespaces : FORMATS, from + assigned[0].length);
  if (word.startsWith('-')) return found(flagsFor(path));
  if (command !== null && isFamily(command)) return found(childrenOf(command));
  return found(operandsFor(path.join(' '), operands, word, namespace, knowledge));
}

/** Names of a family's commands; of several for one the longest. */
const childrenOf = ({ commands }: Family): string[] =>
  Object.keys(commands).filter(
    (name) => !Object.keys(commands).some((other) => commands[other] === commands[name] && other.length > name.length),
  );

interface Understood {
  /** What comes next belongs to it; null: the words name no command. */
  readonly command: Command | Family | null;
  readonly path: readonly string[];
  readonly operands: readonly string[];
  readonly namespace: string;
}

/** What the words before the cursor mean. */
function understood(words: readonly string[]): Understood {
  let command: Command | Family | null = { commands: COMMANDS };
  const path: string[] = [];
  const operands: string[] = [];
  let namespace = 'default';
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word.startsWith('-')) {
      const [name = '', value] = word.split('=', 2);
      const known = [...(manualOf(path)?.flags ?? []), ...GLOBAL_FLAGS];
      const flag = known.find((one) => name === `--${one.name}` || (one.short !== '' && name === `-${one.short}`));
      const given = value ?? (flag !== undefined && flag.bare === undefined ? words[++at] : undefined);
      if (flag?.name === 'namespace' && given !== undefined) namespace = given;
      if (flag?.name === 'all-namespaces') namespace = '';
    } else if (command !== null && isFamily(command) && Object.hasOwn(command.commands, word)) {
      path.push(word);
      command = command.commands[word]!;
    } else {
      if (command !== null && isFamily(command)) command = command.own ?? null;
      operands.push(word);
    }
  }
  return { command, path, operands, namespace };
}

const flagsFor = (path: readonly string[]): string[] =>
  [...(manualOf(path)?.flags ?? []), ...GLOBAL_FLAGS].map(
    ({ name, bare }) => `--${name}${bare === undefined ? '=' : ''}`,
  );

const LISTED = builtIn.all.filter(({ verbs }) => verbs.includes('list'));
const KINDS = LISTED.map(({ resource }) => resource);

const resourceNamed = (text: string): ResourceInfo | undefined => {
  const [name = ''] = text.toLowerCase().split('.', 1);
  return LISTED.find(
    ({ resource, singular, shortNames }) => name === resource || name === singular || shortNames.includes(name),
  );
};

function operandsFor(
  command: string,
  operands: readonly string[],
  word: string,
  namespace: string,
  knowledge: Knowledge,
): readonly string[] {
  const kind = OPERANDS[command];
  if (kind !== undefined && !word.includes('/')) return knowledge.names(kind, kind === 'Node' ? '' : namespace);
  if (kind === undefined && !KIND_COMMANDS.test(command)) return [];
  const [prefix = ''] = word.split('/', 1);
  const typed = word.includes('/') ? resourceNamed(prefix) : undefined;
  const namesOf = ({ kind: of, namespaced }: ResourceInfo): readonly string[] =>
    knowledge.names(of, namespaced ? namespace : '');
  if (typed !== undefined) return namesOf(typed).map((name) => `${prefix}/${name}`);
  const [first] = operands;
  if (first === undefined) return KINDS;
  const resource = first.includes('/') ? undefined : resourceNamed(first);
  return resource === undefined ? [] : namesOf(resource).filter((name) => !operands.includes(name));
}

/** What all candidates begin with. */
export function commonStart(candidates: readonly string[]): string {
  let [start = ''] = candidates;
  for (const one of candidates) while (!one.startsWith(start)) start = start.slice(0, -1);
  return start;
}
