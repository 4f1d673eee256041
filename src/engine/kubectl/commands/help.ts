/** `kubectl help`, `kubectl options` and `--help` of every command. @source kubernetes kubectl/pkg/cmd/cmd.go, kubectl/pkg/util/templates */
import type { FlagKind } from '../call/flags';
import { FLAG_WORDS } from '../manual/flag-words';
import { type Manual, type ManualFlag, manualOf, MANUALS } from '../manual/manual';

const GROUPS: Readonly<Record<string, string>> = {
  'Basic Commands (Beginner)': 'create expose run set',
  'Basic Commands (Intermediate)': 'explain get edit delete',
  'Deploy Commands': 'rollout scale autoscale',
  'Cluster Management Commands': 'certificate cluster-info top cordon uncordon drain taint',
  'Troubleshooting and Debugging Commands': 'describe logs attach exec port-forward proxy cp auth debug events',
  'Advanced Commands': 'diff apply patch replace wait kustomize',
  'Settings Commands': 'label annotate completion',
  'Subcommands provided by plugins': '',
  'Other Commands': 'api-resources api-versions config plugin version',
};

/** All names, in the order of the groups. */
export const NAMES_IN_ORDER: readonly string[] = Object.values(GROUPS).flatMap((names) => names.split(' '));

const OPTIONS = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n';
const more = (name: string): string =>
  `Use "kubectl${name === '' ? '' : ` ${name}`} <command> --help" for more information about a given command.\n`;

const NARROWEST = 11;

/** Lines of commands and what they are for. */
function listed(commands: readonly (readonly [string, string])[]): string {
  const width = Math.max(NARROWEST, ...commands.map(([name]) => name.length)) + 3;
  return commands.map(([name, about]) => `  ${name.padEnd(width)}${about}\n`).join('');
}

const QUOTED: readonly FlagKind[] = ['text'];

function flagText({ name, short, kind, initial, here }: ManualFlag, command: string): string {
  const value = QUOTED.includes(kind) ? `'${initial}'` : initial;
  const words = FLAG_WORDS[`${command} ${name}`] ?? FLAG_WORDS[name] ?? '';
  const note = { done: '', refused: ' (Not on this laptop.)', idle: ' (Makes no difference on this laptop.)' }[here];
  return `    ${short === '' ? '' : `-${short}, `}--${name}=${value}:\n\t${words}${note}\n\n`;
}

const flagsText = ({ flags, name: command }: Manual): string =>
  flags
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => flagText(flag, command))
    .join('');

function usageText(): string {
  const groups = Object.entries(GROUPS).map(([title, names]) => {
    const commands =
      names === '' ? [] : names.split(' ').map((name) => [name, MANUALS.get(name)?.about ?? ''] as const);
    return `${title}:\n${commands.map(([name, about]) => `  ${name.padEnd(16)}${about}\n`).join('')}\n`;
  });
  return `${groups.join('')}Usage:\n  kubectl [flags] [options]\n\n${more('')}${OPTIONS}`;
}

/** What is said to somebody who asks about a command that there is not. */
export const unknownTopic = (path: readonly string[]): string =>
  `Unknown help topic [${path.map((word) => `\`${word}\``).join(' ')}]\n\n\n${usageText()}`;

/** @param path - words of a command; what follows those that name one does not count */
export function helpText(path: readonly string[]): string {
  if (path.length === 0) return `kubectl controls the Kubernetes cluster manager.\n\n${usageText()}`;
  const manual = manualOf(path);
  if (manual === undefined) return helpText(path.slice(0, -1));
  const { name, about, usage, aliases } = manual;
  if (name === 'options') return `The following options can be passed to any command:\n\n${flagsText(manual)}`;
  const own = name.split(' ').at(-1) ?? '';
  const children = [...MANUALS.values()].flatMap((one) => {
    const [child = '', ...deeper] = one.name.startsWith(`${name} `) ? one.name.slice(name.length + 1).split(' ') : [];
    return child === '' || deeper.length > 0 ? [] : [[child, one.about] as const];
  });
  const flags = flagsText(manual);
  const line = ['kubectl', name, usage].filter((word) => word !== '').join(' ');
  return [
    `${about}.\n\n`,
    aliases.length === 0 ? '' : `Aliases:\n${[own, ...aliases].join(', ')}\n\n`,
    children.length === 0 ? '' : `Available Commands:\n${listed(children)}\n`,
    flags === '' ? '' : `Options:\n${flags}`,
    `Usage:\n  ${usage.includes('[options]') ? line : `${line} [options]`}\n\n`,
    children.length === 0 ? '' : more(name),
    OPTIONS,
  ].join('');
}
