/**
 * kubectl's command line: finds the command, reads its flags, runs it, and tells how it ended.
 *
 * @source kubernetes kubectl/pkg/cmd/cmd.go, kubectl/pkg/cmd/util/helpers.go; github.com/spf13/cobra command.go
 */
import { ADMIN, type Call, credentialsOf } from '../call/context';
import { type Doing, Failure, type Kubectl } from '../call/effects';
import { statusText } from '../call/errors';
import { type Flags, parseFlags } from '../call/flags';
import { checkContext, contextNamespace, loadConfig } from '../call/kubeconfig';
import { GLOBAL_FLAGS, type Manual, manualOf } from '../manual/manual';
import { completeCommand } from '../terminal/complete-command';
import { type Command, type Commands, type Family, isFamily } from './command';
import { helpText, NAMES_IN_ORDER, unknownTopic } from './help';
import { COMMANDS } from './registry';

export function* kubectlMain(kubectl: Kubectl): Doing<number> {
  try {
    return yield* run(kubectl);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.output !== '') kubectl.out(error.output);
    // What is invalid is told of by its fields when nothing else has failed.
    const text = error.status?.reason === 'Invalid' ? statusText(error.status) : error.message;
    if (text !== '') kubectl.err(text.endsWith('\n') ? text : `${text}\n`);
    return error.code;
  }
}

function* run(kubectl: Kubectl): Doing<number> {
  if (kubectl.argv[0] === '__complete') return yield* completeCommand(kubectl);
  const { command, path, argv } = commandOf(kubectl.argv);
  if (command === null) {
    if (path.length > 0 && manualOf(path.slice(0, 1)) === undefined) kubectl.err(unknownTopic(path));
    else kubectl.out(helpText(path));
    return 0;
  }
  const manual = manualOf(path);
  const name = `kubectl ${manual?.name ?? path.join(' ')}`;
  const flags = parseFlags(argv, [...(manual?.flags ?? []), ...GLOBAL_FLAGS], name);
  if (flags.on('help')) {
    kubectl.out(helpText(path));
    return 0;
  }
  refuse(flags, manual);
  const config = yield* loadConfig(kubectl, flags.text('kubeconfig'));
  if (path[0] !== 'config') checkContext(config, flags.text('context'));
  const credentials = credentialsOf(flags);
  const call: Call = {
    kubectl,
    flags,
    command: name,
    config,
    namespace: flags.text('namespace') || contextNamespace(config, flags.text('context')),
    namespaceGiven: flags.text('namespace') !== '',
    credentials: credentials ?? ADMIN,
  };
  return yield* command.run(call);
}

/** What this kubectl cannot do is not passed over in silence. */
function refuse(flags: Flags, manual: Manual | undefined): void {
  const own = manual?.flags ?? [];
  const others = GLOBAL_FLAGS.filter(({ name }) => !own.some((flag) => flag.name === name));
  for (const { name, here, initial } of [...own, ...others]) {
    if (here === 'refused' && flags.has(name) && flags.text(name) !== initial)
      throw new Failure(`error: --${name} is not supported on this laptop`);
  }
}

interface Chosen {
  /** Null: there is only help to give. */
  readonly command: Command | null;
  readonly path: readonly string[];
  readonly argv: readonly string[];
}

/** The command that words name; flags may stand before it. */
function commandOf(argv: readonly string[]): Chosen {
  const rest = [...argv];
  const path: string[] = [];
  let family: Family = { commands: COMMANDS };
  for (;;) {
    const at = firstWord(rest);
    const word = at < 0 ? undefined : rest[at]!;
    if (path.length === 0 && word === 'options') return { command: null, path: [word], argv: [] };
    if (word === undefined || (path.length === 0 && word === 'help')) {
      if (family.own !== undefined) return { command: family.own, path, argv: rest };
      if (word === 'help') return { command: null, path: rest.slice(at + 1), argv: [] };
      return { command: null, path, argv: rest };
    }
    const found: Command | Family | undefined = Object.hasOwn(family.commands, word)
      ? family.commands[word]
      : undefined;
    if (found === undefined) {
      if (family.own !== undefined) return { command: family.own, path, argv: rest };
      throw unknownCommand(word, path, family.commands, rest);
    }
    rest.splice(at, 1);
    path.push(word);
    if (!isFamily(found)) return { command: found, path, argv: rest };
    family = found;
  }
}

/** Where the first word stands that is no flag and no flag's value. */
function firstWord(argv: readonly string[]): number {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (!word.startsWith('-')) return at;
    if (word === '--') return -1;
    const flag = GLOBAL_FLAGS.find(({ name, short }) => word === `--${name}` || (short !== '' && word === `-${short}`));
    if (flag !== undefined && flag.bare === undefined) at++;
  }
  return -1;
}

function unknownCommand(word: string, path: readonly string[], commands: Commands, rest: readonly string[]): Failure {
  if (path.length > 0) {
    const words = rest.filter((one) => !one.startsWith('-')).join(' ');
    return new Failure(
      `error: unknown command ${JSON.stringify(words)}\nSee 'kubectl ${path.join(' ')} -h' for help and examples`,
    );
  }
  const near = Object.keys(commands).filter((name) => distance(word, name) <= 2 || name.startsWith(word.toLowerCase()));
  const suggestion =
    near.length === 0
      ? ''
      : `\n\nDid you mean this?\n${near
          .sort((a, b) => placeOf(a) - placeOf(b))
          .map((name) => `\t${name}\n`)
          .join('')}`;
  return new Failure(`error: unknown command "${word}" for "kubectl"${suggestion}`);
}

/** Suggestions come in the order in which kubectl's help has the commands. @source kubernetes kubectl/pkg/cmd/cmd.go */
const placeOf = (name: string): number => NAMES_IN_ORDER.indexOf(name);

/** Letters to be changed, added or left out. @source github.com/spf13/cobra cobra.go (ld) */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase();
      next.push(same ? row[j - 1]! : 1 + Math.min(row[j]!, next[j - 1]!, row[j - 1]!));
    }
    row = next;
  }
  return row[b.length]!;
}
