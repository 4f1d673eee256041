/** What kubectl's help says, the real one's and the laptop's: names, aliases, usage, flags with shorthands and defaults. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { helpText } from '#engine/kubectl/commands/help';
import { MANUALS } from '#engine/kubectl/manual/manual';
import { kubectlBinaries } from './testing';

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

/** What came after the one that is asked. */
const LATER: readonly string[] = [
  'autoscale --cpu',
  'autoscale --memory',
  'attach --detach-keys',
  'top node --show-swap',
  'top pod --show-swap',
];

const run = promisify(execFile);

const optionsOf = (command: string, text: string): readonly string[] =>
  [...text.matchAll(/^ {4}(-\w, )?(--[\w-]+)=(.*):$/gm)]
    .map(([, short = '', name = '', value = '']) => ({ name, line: `${short}${name}=${value}` }))
    .filter(({ name }) => !LATER.includes(`${command} ${name}`) && name !== '--cache-dir')
    .map(({ line }) => line);

/** A part of the help that has lines below its name. */
const partOf = (name: string, text: string): string => new RegExp(`^${name}:\n((?:.+\n)+)`, 'm').exec(text)?.[1] ?? '';

const factsOf = (command: string, text: string) => ({
  aliases: partOf('Aliases', text),
  commands: partOf('Available Commands', text),
  usage: command === 'autoscale' ? '' : partOf('Usage', text).replaceAll('  [options]', ' [options]'),
  options: optionsOf(command, text),
});

describe.skipIf(newest === null)(`kubectl --help${why}`, () => {
  const asked = async (argv: readonly string[]): Promise<string> =>
    (await run(newest ?? '', argv, { env: { PATH: '/usr/bin', HOME: '/nowhere' } })).stdout;

  it('groups the commands as the real one', async () => {
    const real = await asked([]);
    expect(helpText([])).toBe(real.replace(/\n Find more information at: .*\n/, ''));
  });

  it('names each command’s aliases, usage and flags as the real one', { timeout: 120_000 }, async () => {
    const commands = [...MANUALS.keys()];
    const differences: unknown[] = [];
    while (commands.length > 0) {
      const some = commands.splice(0, 6);
      const told = await Promise.all(
        some.map((command) => asked(command === 'options' ? ['options'] : [...command.split(' '), '--help'])),
      );
      for (const [index, command] of some.entries()) {
        const ours = factsOf(command, helpText(command.split(' ')));
        const real = factsOf(command, told[index] ?? '');
        if (JSON.stringify(ours) !== JSON.stringify(real)) differences.push({ command, ours, real });
      }
    }
    expect(differences).toEqual([]);
  });
});
