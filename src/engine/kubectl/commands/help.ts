/** `--help`: what a command is for, in words of our own, and its flags. */
import type { Flag } from '../call/flags';

const PURPOSE: Readonly<Record<string, string>> = {
  get: 'Shows objects: as a table, or in the format that -o names.',
};

export function helpText(path: readonly string[], flags: readonly Flag[] = []): string {
  const name = path.join(' ');
  if (name === '') {
    const commands = Object.keys(PURPOSE).sort();
    return `kubectl talks to the cluster's API server.\n\nCommands:\n${commands
      .map((one) => `  ${one.padEnd(16)} ${PURPOSE[one]}\n`)
      .join('')}\nUsage:\n  kubectl [flags] [options]\n`;
  }
  const purpose = PURPOSE[name] ?? PURPOSE[path[0] ?? ''] ?? '';
  const options = flags.map(
    ({ name: flag, short, bare }) =>
      `    ${short === '' ? '' : `-${short}, `}--${flag}${bare === undefined ? '=VALUE' : ''}\n`,
  );
  return `${purpose}\n\n${options.length === 0 ? '' : `Options:\n${options.join('')}\n`}Usage:\n  kubectl ${name} [flags] [options]\n`;
}
