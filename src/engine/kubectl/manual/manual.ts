/** What each command of kubectl is called, takes and is for: read by the parser of flags, by `--help` and by completion. */
import type { Flag, FlagKind } from '../call/flags';
import { MANUAL_TEXT, PARTS } from './manual-text';

export interface ManualFlag extends Flag {
  /** What it is when it is not given, as kubectl writes it. */
  readonly initial: string;
  /** `refused`: this kubectl says that it cannot do it; `idle`: it makes no difference here. */
  readonly here: 'done' | 'refused' | 'idle';
}

export interface Manual {
  /** All words, e.g. `create configmap`. */
  readonly name: string;
  readonly about: string;
  /** What follows its name. */
  readonly usage: string;
  readonly aliases: readonly string[];
  readonly flags: readonly ManualFlag[];
}

const INITIAL: Readonly<Record<FlagKind, string>> = {
  text: '',
  plain: '',
  switch: 'false',
  number: '0',
  list: '[]',
  array: '[]',
  span: '0s',
};

/** `[!|?]name[,short][:kind][=initial][~bare]`; `!`: refused, `?`: idle; bare: what it is when it stands without a value. */
function flagOf(text: string): ManualFlag {
  const [, mark = '', name = '', short = '', kind = 'text', initial, bare] =
    /^([!?]?)([\w-]+)(?:,(\w))?(?::([a-z]+))?(?:=([^~]*))?(?:~(.*))?$/.exec(text) ?? [];
  const without = bare ?? (kind === 'switch' ? 'true' : undefined);
  return {
    name,
    short,
    kind: kind as FlagKind,
    ...(without === undefined ? {} : { bare: without }),
    initial: initial ?? INITIAL[kind as FlagKind],
    here: mark === '!' ? 'refused' : mark === '?' ? 'idle' : 'done',
  };
}

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

const flagsIn = (text: string): readonly ManualFlag[] =>
  words(text).flatMap((word) => (Object.hasOwn(PARTS, word) ? words(PARTS[word]!) : [word]).map(flagOf));

function read(block: string): Manual {
  const [head = '', ...rest] = block.split('\n');
  const [, name = '', about = ''] = /^([^:]+): (.*)$/.exec(head) ?? [];
  const lines = (of: string): string =>
    rest
      .filter((line) => line.startsWith(`  ${of} `))
      .map((line) => line.slice(of.length + 3))
      .join(' ');
  return { name, about, usage: lines('usage'), aliases: words(lines('also')), flags: flagsIn(lines('flags')) };
}

/** In the order in which kubectl's own help has them. */
export const MANUALS: ReadonlyMap<string, Manual> = new Map(
  MANUAL_TEXT.trim()
    .split(/\n(?! )/)
    .map(read)
    .map((manual) => [manual.name, manual]),
);

const ALIASES: ReadonlyMap<string, string> = new Map(
  [...MANUALS.values()].flatMap(({ name, aliases }) =>
    aliases.map((alias) => [name.replace(/\S+$/, alias), name] as const),
  ),
);

/** Of a command by its words, some of which may be aliases. */
export function manualOf(path: readonly string[]): Manual | undefined {
  let name = '';
  for (const word of path) {
    name = name === '' ? word : `${name} ${word}`;
    name = ALIASES.get(name) ?? name;
  }
  return MANUALS.get(name);
}

/** Those that every command takes. */
export const GLOBAL_FLAGS: readonly ManualFlag[] = [...(manualOf(['options'])?.flags ?? []), flagOf('help,h:switch')];
