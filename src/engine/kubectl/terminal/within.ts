/** What small programs of the shell see of the laptop, and how they run where nothing has to be waited for. */
import type { Disk } from '#engine/kernel/process';
import { absolutePath, filesBelow, HOME, readText, removeFile, writeText } from './files';
import { parseLine } from './parse';
import type { Session, Stage } from './session';
import { type ToolHost, TOOLS } from './tools';

/** The laptop's disk, as a tool sees it from its folder. */
export function filesOf(disk: Disk, { directory, variables }: Session): Omit<ToolHost, 'out' | 'err'> {
  const at = (path: string): string => absolutePath(path, directory);
  return {
    read: (path) => readText(disk, at(path)),
    write: (path, text) => (text === null ? removeFile(disk, at(path)) : writeText(disk, at(path), text)),
    list: (folder) => {
      const root = at(folder);
      return filesBelow(disk, root).map((path) => path.slice(root === '/' ? 1 : root.length + 1));
    },
    directory,
    variables,
    page: null,
  };
}

/** What changes the shell itself. @returns the exit code; null: it is none of these */
export function builtin(session: Session, { argv }: Stage): number | null {
  switch (argv[0]) {
    case 'cd':
      session.directory = absolutePath(argv[1] ?? HOME, session.directory);
      return 0;
    case 'export':
      for (const word of argv.slice(1)) {
        const at = word.indexOf('=');
        if (at > 0) session.variables[word.slice(0, at)] = word.slice(at + 1);
      }
      return 0;
    case 'unset':
      for (const name of argv.slice(1)) delete session.variables[name];
      return 0;
    default:
      return null;
  }
}

/** A line of small programs, one pipeline after the other; those that would wait find no more input. @returns the exit code */
export function runWithin(line: string, host: ToolHost): number {
  const parsed = parseLine(line, host.variables);
  let code = parsed.type === 'pipelines' ? 0 : 2;
  for (const { after, commands } of parsed.type === 'pipelines' ? parsed.pipelines : []) {
    if (after === (code === 0 ? '||' : '&&')) continue;
    let input = '';
    for (const { argv, redirects, variables } of commands) {
      const stage: Stage = { argv, redirects, call: null, memory: { variables }, input, inputEnded: true, code: null };
      let output = '';
      const out = (text: string): void => void (output += text);
      code = TOOLS[argv[0] ?? '']?.(stage, { ...host, out }) ?? 127;
      input = output;
    }
    host.out(input);
  }
  return code;
}

/** Where what a program prints goes. Descriptors go left to right; one that goes to another goes where that goes at that moment. */
export function targetOf(stage: Stage | undefined, stream: 1 | 2): 1 | 2 | string {
  const targets: Record<1 | 2, 1 | 2 | string> = { 1: 1, 2: 2 };
  for (const { from, kind, to } of stage?.redirects ?? []) {
    if (from === 0) continue;
    targets[from] = kind === '&' ? targets[to === '1' ? 1 : 2] : to;
  }
  return targets[stream];
}
