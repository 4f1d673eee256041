import { describe, expect, it } from 'vitest';
import { type Command, type Family, isFamily } from '../commands/command';
import { helpText } from '../commands/help';
import { COMMANDS } from '../commands/registry';
import { FLAG_WORDS } from './flag-words';
import { GLOBAL_FLAGS, manualOf, MANUALS } from './manual';

/** All words that lead to something, of families too. */
const pathsOf = (family: Family, before: readonly string[] = []): readonly (readonly string[])[] =>
  Object.entries(family.commands).flatMap(([word, found]: readonly [string, Command | Family]) => {
    const path = [...before, word];
    return [path, ...(isFamily(found) ? pathsOf(found, path) : [])];
  });

const PATHS = pathsOf({ commands: COMMANDS });

describe('the manual of kubectl', () => {
  it('tells of every command, by each of its names, and of none that there is not', () => {
    expect(PATHS.filter((path) => manualOf(path) === undefined)).toEqual([]);
    const told = new Set(PATHS.map((path) => manualOf(path)?.name));
    expect([...MANUALS.keys()].filter((name) => !told.has(name))).toEqual(['options']);
  });

  it('has words for every flag, and none that no flag needs', () => {
    const needed = new Set<string>();
    for (const { name: command, flags } of MANUALS.values())
      for (const { name } of flags) needed.add(`${command} ${name}` in FLAG_WORDS ? `${command} ${name}` : name);
    expect([...needed].filter((name) => !(name in FLAG_WORDS))).toEqual([]);
    expect(Object.keys(FLAG_WORDS).filter((name) => !needed.has(name))).toEqual([]);
  });

  it('reads aliases, shared flags, defaults, and what a flag is without a value', () => {
    expect(manualOf(['create', 'svc', 'clusterip'])?.name).toBe('create service clusterip');
    expect(manualOf(['get'])?.flags.find(({ name }) => name === 'filename')).toEqual({
      name: 'filename',
      short: 'f',
      kind: 'array',
      initial: '[]',
      here: 'done',
    });
    expect(manualOf(['delete'])?.flags.find(({ name }) => name === 'cascade')).toMatchObject({
      initial: 'background',
      bare: 'background',
    });
    expect(GLOBAL_FLAGS.find(({ short }) => short === 'h')).toMatchObject({ name: 'help', bare: 'true' });
  });

  it('is what --help prints', () => {
    expect(helpText(['config', 'use'])).toBe(
      'Set the current-context in a kubeconfig file.\n\nAliases:\nuse-context, use\n\n' +
        'Usage:\n  kubectl config use-context CONTEXT_NAME [options]\n\n' +
        'Use "kubectl options" for a list of global command-line options (applies to all commands).\n',
    );
    expect(helpText(['get', 'pods'])).toContain('\n    -w, --watch=false:\n\tGo on as things change.\n\n');
    expect(helpText(['scale'])).toContain('--timeout=0s:\n\tHow long to wait. (Not on this laptop.)\n');
  });
});
