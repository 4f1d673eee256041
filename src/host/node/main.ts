/** The command line as a function: arguments in, exit code out. */
import { hint } from '#scenarios/reading/closest-word';
import { type Command, parseCommandLine } from './args';
import type { ExitCode, Io } from './io';
import { REPLAY, replayCommand } from './replay-command';
import { RUN, runCommand } from './run-command';
import { SERVE, serveCommand } from './serve-command';
import { versionText } from './version';

const HELP = `Usage: kubarium COMMAND

A whole Kubernetes cluster in virtual time: the same seed and the same inputs give the same run.

  run SCENARIO.yaml       runs a scenario and checks what it expects
  serve                   runs a cluster and serves the Kubernetes API for kubectl and other clients
  replay RECORDING.json   replays a recording and checks that it ends in the same state

  -h, --help              this text, or that of a command
  --version               which version this is
`;

interface Entry {
  readonly command: Command;
  run(operand: string, options: Readonly<Record<string, string>>, io: Io): ExitCode | Promise<ExitCode>;
}

const COMMANDS: readonly Entry[] = [
  { command: RUN, run: runCommand },
  { command: SERVE, run: (_operand, options, io) => serveCommand(options, io) },
  { command: REPLAY, run: (operand, _options, io) => replayCommand(operand, io) },
];

/** @param args - without the paths of Node and of the script */
export function main(args: readonly string[], io: Io): ExitCode | Promise<ExitCode> {
  const [name, ...rest] = args;
  const refuse = (message: string, command = ''): ExitCode => {
    io.stderr(`kubarium: ${message}\nSee kubarium ${command === '' ? '' : `${command} `}--help.\n`);
    return 2;
  };
  if (name === undefined) {
    io.stderr(HELP);
    return 2;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    io.stdout(HELP);
    return 0;
  }
  if (name === '--version') {
    io.stdout(`${versionText()}\n`);
    return 0;
  }
  const names = COMMANDS.map(({ command }) => command.name);
  const entry = COMMANDS.find(({ command }) => command.name === name);
  if (entry === undefined) {
    return refuse(name.startsWith('-') ? `unknown option ${name}` : `unknown command "${name}"${hint(name, names)}`);
  }
  const parsed = parseCommandLine(entry.command, rest);
  switch (parsed.type) {
    case 'help':
      io.stdout(entry.command.help);
      return 0;
    case 'wrong':
      return refuse(parsed.message, name);
    case 'run':
      return entry.run(parsed.operand, parsed.options, io);
  }
}
