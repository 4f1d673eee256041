// long: a case for each instruction
/**
 * Runs a compiled script until it sleeps, waits, hands over to a program, ends, or has used its share of steps. All that
 * it knows is in `ShellState`; time passes only between two calls.
 */
import { SECOND, type Micros } from '#engine/kernel/time';
import { bareName } from './bare-name';
import { commandExists, runCommand } from './commands';
import { compileScript } from './compile';
import { evaluate, expandFields, expandText, expandWords, matchesPattern } from './expand';
import { absolute } from './files';
import type { ShellHost } from './host';
import type { Instruction, ShellRedirect } from './instructions';
import type { Shell, ShellOutcome } from './shell';
import type { Frame, Outputs, ShellConsole, ShellState } from './state';
import { readsArchive } from './tar';
import { runTest } from './test-expression';

/** Instructions in one go; a loop without sleep goes on in the next. */
const STEPS = 2_000;
const OUTPUT_LIMIT = 65_536;
/** What waits to be read; more is lost. */
const INPUT_LIMIT = 33_554_432;
const CALL_DEPTH = 200;

/** Runs on. A state that is asleep must be woken first, see `wake`. */
function runShell(state: ShellState, host: ShellHost): ShellOutcome {
  for (let steps = 0; steps < STEPS; steps++) {
    if (state.blocked !== null) return blockedOutcome(state);
    const signal = state.pending.shift();
    if (signal !== undefined) call(state, state.traps[signal] ?? '', state.positional);
    const script = compileScript(state.script);
    if (script.error !== '' && state.pc === 0) {
      host.write('stderr', `sh: syntax error: ${script.error}\n`);
      state.status = 2;
      if (!returnFromCall(state)) {
        if (state.console === null) return { of: 'exited', code: 2 };
        state.script = '';
      }
      continue;
    }
    const instruction = script.instructions[state.pc];
    state.pc += 1;
    const ended = instruction === undefined ? true : step(instruction, state, host);
    const over = instruction === undefined || instruction.op === 'end';
    if (ended && !(over && state.console !== null && nextCommand(state, state.console, host))) {
      const trap = state.traps['EXIT'];
      if (trap === undefined || trap === '') return { of: 'exited', code: state.status };
      delete state.traps['EXIT'];
      state.stack = [];
      call(state, trap, state.positional);
    }
  }
  return { of: 'busy' };
}

function blockedOutcome(state: ShellState): ShellOutcome {
  const blocked = state.blocked;
  if (blocked === null) return { of: 'busy' };
  if (blocked.on === 'input') return { of: 'asleep', until: null };
  return blocked.on === 'program' ? { of: 'program', argv: blocked.argv } : { of: 'asleep', until: blocked.until };
}

/**
 * A shell that reads its commands has done one: takes the next, or waits for it.
 *
 * @returns false when no more can come
 */
function nextCommand(state: ShellState, console: ShellConsole, host: ShellHost): boolean {
  const { input } = state;
  if (input === null) return false;
  state.stack = [];
  state.script = '';
  state.pc = 0;
  for (;;) {
    if (!console.prompted && console.prompt !== '') host.write('stderr', promptText(state, console, host));
    console.prompted = true;
    const end = input.text.indexOf('\n');
    if (end < 0 && !input.eof) {
      state.blocked = { on: 'input' };
      return true;
    }
    console.command += end < 0 ? input.text : input.text.slice(0, end + 1);
    input.text = end < 0 ? '' : input.text.slice(end + 1);
    if (end < 0 && console.command === '') return false;
    console.prompted = false;
    if (end >= 0 && compileScript(console.command).incomplete) continue;
    state.script = console.command;
    console.command = '';
    return true;
  }
}

function promptText({ cwd, variables }: ShellState, { prompt, command }: ShellConsole, host: ShellHost): string {
  if (command !== '') return '> ';
  const where = cwd === variables['HOME'] ? '~' : cwd;
  return prompt.replace('\\w', where).replace('\\h', host.hostname);
}

/** Something has come to a shell's standard input; `eof`: nothing comes after it. */
function feedShell(state: ShellState, text: string, eof: boolean): void {
  if (state.input === null) return;
  if (state.input.text.length + text.length <= INPUT_LIMIT) state.input.text += text;
  if (eof) state.input.eof = true;
  if (state.blocked?.on === 'input') state.blocked = null;
}

/** Ctrl-C at a terminal. @returns false when that ends the process */
function interruptShell(state: ShellState): boolean {
  if (state.console === null) return false;
  state.blocked = null;
  state.stack = [];
  state.script = '';
  state.pc = 0;
  state.status = 130;
  state.console.command = '';
  state.console.prompted = false;
  if (state.input !== null) state.input.text = '';
  return true;
}

/** The sleep is over, or the foreground program has ended with `status`. */
function wake(state: ShellState, status = 0): void {
  const blocked = state.blocked;
  state.blocked = null;
  state.status = status;
  if (blocked?.on === 'program' && blocked.replaces) finish(state);
}

/**
 * A signal for the shell as process 1: without a trap it is ignored; with one the trap runs after the foreground command,
 * or at once when the shell is in `wait`.
 *
 * @returns whether the shell can go on now
 */
function signalShell(state: ShellState, signal: string): boolean {
  const trap = state.traps[signal];
  if (trap === undefined || trap === '') return false;
  state.pending.push(signal);
  if (state.blocked?.on !== 'wait') return false;
  state.blocked = null;
  state.status = 143;
  return true;
}

/** Does one instruction; true when the script has ended. */
function step(instruction: Instruction, state: ShellState, host: ShellHost): boolean {
  switch (instruction.op) {
    case 'command':
      return command(instruction, state, host);
    case 'test':
      state.status = runTest(instruction.test, state, host) ? 0 : 1;
      return false;
    case 'arithmetic':
      state.status = evaluate(instruction.expression, state) !== 0 ? 0 : 1;
      return false;
    case 'jump':
      state.pc = instruction.to;
      return false;
    case 'jump-if':
      if ((state.status === 0) === instruction.succeeded) state.pc = instruction.to;
      return false;
    case 'negate':
      state.status = state.status === 0 ? 1 : 0;
      return false;
    case 'status':
      state.status = instruction.status;
      return false;
    case 'check':
      return state.errexit && state.status !== 0 ? exit(state, state.status) : false;
    case 'for':
      state.stack.push({
        of: 'for',
        items: instruction.words === null ? state.positional.slice(1) : expandWords(instruction.words, state),
        index: 0,
      });
      return false;
    case 'next': {
      const frame = state.stack[state.stack.length - 1];
      const item = frame?.of === 'for' ? frame.items[frame.index++] : undefined;
      if (item === undefined) state.pc = instruction.done;
      else state.variables[instruction.name] = item;
      return false;
    }
    case 'pop':
      state.stack.pop();
      return false;
    case 'case': {
      const text = expandText(instruction.word, state);
      const item = instruction.items.find(({ patterns }) =>
        patterns.some((pattern) => matchesPattern(text, expandText(pattern, state))),
      );
      state.pc = item === undefined ? instruction.otherwise : item.to;
      state.status = 0;
      return false;
    }
    case 'subshell':
      state.stack.push({ of: 'subshell', variables: { ...state.variables }, cwd: state.cwd, end: instruction.end });
      return false;
    case 'leave-subshell': {
      const frame = state.stack.pop();
      if (frame?.of === 'subshell') {
        state.variables = frame.variables;
        state.cwd = frame.cwd;
      }
      return false;
    }
    case 'capture':
      state.stack.push({ of: 'capture', text: '' });
      return false;
    case 'capture-to-slot': {
      const frame = state.stack.pop();
      state.slots[instruction.slot] = frame?.of === 'capture' ? trimEnd(frame.text) : '';
      return false;
    }
    case 'capture-to-stdin': {
      const frame = state.stack.pop();
      state.stdin = frame?.of === 'capture' ? frame.text : '';
      return false;
    }
    case 'redirect':
      state.stack.push({ of: 'redirect', outputs: openOutputs(instruction.redirects, state, host) });
      return false;
    case 'define':
      state.functions[instruction.name] = { script: state.script, entry: instruction.entry };
      return false;
    case 'return':
    case 'end':
      return !returnFromCall(state);
  }
}

type CommandInstruction = Extract<Instruction, { op: 'command' }>;

function command(instruction: CommandInstruction, state: ShellState, host: ShellHost): boolean {
  const argv = expandWords(instruction.words, state);
  const name = argv[0];
  if (name === undefined) {
    for (const { name: variable, value, append } of instruction.assignments) {
      state.variables[variable] = (append ? (state.variables[variable] ?? '') : '') + expandText(value, state);
    }
    if (
      instruction.words.length === 0 &&
      instruction.assignments.every(({ value }) => value.every((part) => part.of !== 'slot'))
    )
      state.status = 0;
    openOutputs(instruction.redirects, state, host);
    return false;
  }
  for (const { name: variable, value } of instruction.assignments) state.variables[variable] = expandText(value, state);
  if (instruction.background) return background(argv, state, host);

  const own = Object.hasOwn(state.functions, name) ? state.functions[name] : undefined;
  if (own !== undefined) {
    if (!call(state, own.script, [state.positional[0] ?? 'sh', ...argv.slice(1)])) return exit(state, 2);
    state.pc = own.entry;
    return false;
  }
  switch (bareName(name)) {
    case 'exit':
      return exit(state, argv[1] === undefined ? state.status : Number(argv[1]) & 255);
    case 'return':
      if (argv[1] !== undefined) state.status = Number(argv[1]) & 255;
      return !returnFromCall(state);
    case 'sleep':
      if (!commandExists(name, host)) break;
      return sleep(argv, state, host);
    case 'wait': {
      const ends = state.jobs;
      state.jobs = [];
      state.status = 0;
      if (ends.length > 0)
        state.blocked = {
          on: 'wait',
          until: ends.includes(null) ? null : Math.max(host.monotonic, ...ends.map((end) => end ?? 0)),
        };
      return false;
    }
    case 'eval':
      return !call(state, argv.slice(1).join(' '), state.positional) && exit(state, 2);
    case 'sh':
    case 'ash':
    case 'bash':
      if (!commandExists(name, host)) break;
      return nested(argv, state, host);
    case 'timeout':
      return command({ ...instruction, words: instruction.words.slice(2) }, state, host);
    case 'exec':
      if (argv.length === 1) return false;
      if (isBlocking(argv.slice(1), host)) {
        state.blocked = { on: 'program', argv: argv.slice(1), replaces: true };
        return false;
      }
      command(
        { ...instruction, words: argv.slice(1).map((text) => [{ of: 'text', text, quoted: true }]), assignments: [] },
        state,
        host,
      );
      if (state.blocked === null) return exit(state, state.status);
      return false;
  }
  if (isBlocking(argv, host)) {
    if (bareName(name) === 'tail' || bareName(name) === 'cat') state.blocked = { on: 'sleep', until: null };
    else state.blocked = { on: 'program', argv, replaces: false };
    return false;
  }
  if (awaitsInput(argv, instruction, state)) {
    if (bareName(name) === 'cat' && instruction.redirects.length === 0 && state.input !== null) {
      write('stdout', state.input.text, NOWHERE_ELSE, state, host);
      state.input.text = '';
    }
    state.pc -= 1;
    state.blocked = { on: 'input' };
    return false;
  }
  const outputs = openOutputs(instruction.redirects, state, host);
  const input = instruction.redirects.find((redirect) => redirect.operator === '<' || redirect.operator === '<<');
  if (input !== undefined) {
    const text = expandText(input.target, state);
    state.stdin = input.operator === '<<' ? text : (host.files.get(absolute(text, state)) ?? '');
  }
  const result = runCommand(argv, state, host);
  if (bareName(name) !== 'read') state.stdin = null;
  state.status = result.status;
  write('stderr', result.warning ?? '', outputs, state, host);
  write('stdout', result.out, outputs, state, host);
  write('stderr', result.err, outputs, state, host);
  return false;
}

/** Commands that read their standard input unless files are named. */
const READERS = ['cat', 'wc', 'sort', 'grep', 'head', 'tail', 'tee', 'sed', 'awk', 'tr', 'cut', 'uniq', 'xargs', 'rev'];

/** Gives a command what stands in the shell's input. @returns whether it has to wait for more */
function awaitsInput(argv: readonly string[], { redirects }: CommandInstruction, state: ShellState): boolean {
  const { input, stdin } = state;
  if (input === null || stdin !== null || redirects.some(({ operator }) => operator.startsWith('<'))) return false;
  const name = bareName(argv[0] ?? '');
  const end = input.text.indexOf('\n');
  if (name === 'read') {
    if (end < 0 && !input.eof) return true;
    state.stdin = end < 0 ? input.text : input.text.slice(0, end + 1);
    input.text = end < 0 ? '' : input.text.slice(end + 1);
  } else {
    const files = argv.slice(1).filter((arg) => !/^-|^[0-9]+$/.test(arg)).length;
    const reads = name === 'tar' ? readsArchive(argv.slice(1)) : READERS.includes(name) && files <= (NEEDED[name] ?? 0);
    if (!reads) return false;
    if (!input.eof) return true;
    state.stdin = input.text;
    input.text = '';
  }
  if (input.tty) input.eof = false;
  return false;
}

/** Operands that are no files. */
const NEEDED: Readonly<Record<string, number>> = { grep: 1, tee: 9, sed: 1, awk: 1, tr: 2, xargs: 9 };

/** `tail -f` and the image's own services stay in the foreground. */
function isBlocking(argv: readonly string[], host: ShellHost): boolean {
  const name = argv[0] ?? '';
  return host.isProgram(name) || (bareName(name) === 'tail' && argv.some((arg) => /^-[a-z]*[fF]/.test(arg)));
}

function background(argv: readonly string[], state: ShellState, host: ShellHost): boolean {
  state.status = 0;
  const name = bareName(argv[0] ?? '');
  if (name === 'sleep') {
    const span = duration(argv);
    state.jobs.push(span === null ? null : host.monotonic + span);
  } else if (isBlocking(argv, host)) state.jobs.push(null);
  else {
    const result = runCommand(argv, state, host);
    write('stdout', result.out, { stdout: '', stderr: '' }, state, host);
    write('stderr', result.err, { stdout: '', stderr: '' }, state, host);
    state.jobs.push(host.monotonic);
  }
  return false;
}

function sleep(argv: readonly string[], state: ShellState, host: ShellHost): boolean {
  const span = duration(argv);
  if (span !== null && span < 0) {
    write('stderr', `sleep: invalid number '${argv[1] ?? ''}'\n`, { stdout: '', stderr: '' }, state, host);
    state.status = 1;
    return false;
  }
  state.status = 0;
  state.blocked = { on: 'sleep', until: span === null ? null : host.monotonic + span };
  return false;
}

/** µs that `sleep` sleeps; `null`: for ever; negative: not a number. */
function duration(argv: readonly string[]): Micros | null {
  let total = 0;
  for (const text of argv.slice(1)) {
    if (text === 'infinity' || text === 'inf') return null;
    const match = /^([0-9]{1,9}(?:\.[0-9]{1,6})?)([smhd]?)$/.exec(text);
    if (match === null) return -1;
    const unit = match[2] === 'm' ? 60 : match[2] === 'h' ? 3_600 : match[2] === 'd' ? 86_400 : 1;
    total += Math.round(Number(match[1]) * unit * SECOND);
  }
  return argv.length === 1 ? -1 : total;
}

/** `sh -c TEXT [NAME ARG…]`, or a script file. */
function nested(argv: readonly string[], state: ShellState, host: ShellHost): boolean {
  const flag = argv.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (flag >= 0) {
    const positional = argv.length > flag + 2 ? argv.slice(flag + 2) : ['sh'];
    return !call(state, argv[flag + 1] ?? '', positional, true) && exit(state, 2);
  }
  const path = argv.slice(1).find((arg) => !arg.startsWith('-'));
  if (path === undefined) return false;
  const text = host.files.get(absolute(path, state));
  if (text !== undefined) return !call(state, text, argv.slice(argv.indexOf(path)), true) && exit(state, 2);
  write('stderr', `sh: can't open '${path}': No such file or directory\n`, { stdout: '', stderr: '' }, state, host);
  state.status = 2;
  return false;
}

function call(state: ShellState, script: string, positional: readonly string[], asProcess = false): boolean {
  if (state.stack.length > CALL_DEPTH) return false;
  state.stack.push({
    of: 'call',
    script: state.script,
    pc: state.pc,
    positional: state.positional,
    process: asProcess ? { variables: { ...state.variables }, cwd: state.cwd } : null,
  });
  state.script = script;
  state.pc = 0;
  state.positional = positional;
  return true;
}

/** Back to the caller; false when there is none. */
function returnFromCall(state: ShellState): boolean {
  for (let frame = state.stack.pop(); frame !== undefined; frame = state.stack.pop()) {
    if (frame.of !== 'call') continue;
    resume(state, frame);
    return true;
  }
  return false;
}

function resume(state: ShellState, frame: Extract<Frame, { of: 'call' }>): void {
  state.script = frame.script;
  state.pc = frame.pc;
  state.positional = frame.positional;
  if (frame.process === null) return;
  state.variables = frame.process.variables;
  state.cwd = frame.process.cwd;
}

/** Leaves the innermost subshell or shell process, or the script. */
function exit(state: ShellState, code: number): boolean {
  state.status = code;
  for (let at = state.stack.length - 1; at >= 0; at--) {
    const frame = state.stack[at];
    if (frame?.of === 'call' && frame.process !== null) {
      state.stack.length = at;
      resume(state, frame);
      return false;
    }
    if (frame?.of !== 'subshell') continue;
    const inner = state.stack.slice(at + 1).find((other) => other.of === 'call');
    state.stack.length = at + 1;
    if (inner?.of === 'call') {
      state.script = inner.script;
      state.positional = inner.positional;
    }
    state.pc = frame.end;
    return false;
  }
  state.stack = [];
  return true;
}

function finish(state: ShellState): void {
  state.stack = [];
  state.pc = compileScript(state.script).instructions.length;
}

function openOutputs(redirects: readonly ShellRedirect[], state: ShellState, host: ShellHost): Outputs {
  if (redirects.length === 0) return NOWHERE_ELSE;
  let stdout = '';
  let stderr = '';
  for (const { descriptor, operator, target } of redirects) {
    if (operator === '<' || operator === '<<') continue;
    const text = expandFields(target, state).join(' ');
    if (operator === '>&' && (text === '1' || text === '2')) {
      if (descriptor === 2) stderr = text === '1' ? stdout || '/dev/stdout' : stderr;
      else stdout = text === '2' ? stderr || '/dev/stderr' : stdout;
      continue;
    }
    const path = absolute(text, state);
    if (!operator.endsWith('>>') && !isStream(path)) host.files.set(path, '');
    if (descriptor === 2) stderr = path;
    else stdout = path;
    if (operator.startsWith('&') || (operator === '>&' && descriptor < 0)) stderr = path;
  }
  return { stdout, stderr };
}

const NOWHERE_ELSE: Outputs = { stdout: '', stderr: '' };
const isStream = (path: string): boolean => path.startsWith('/dev/') || path.startsWith('/proc/');

function write(stream: 'stdout' | 'stderr', text: string, outputs: Outputs, state: ShellState, host: ShellHost): void {
  if (text === '') return;
  let target = outputs[stream];
  for (let at = state.stack.length - 1; at >= 0; at--) {
    if (target !== '' && !(target === '/dev/stdout' && stream === 'stderr')) break;
    const frame = state.stack[at];
    if (frame?.of === 'redirect') target = frame.outputs[stream] || target;
    if (frame?.of === 'capture' && (stream === 'stdout' || target === '/dev/stdout')) {
      if (frame.text.length < OUTPUT_LIMIT) frame.text += text;
      return;
    }
  }
  if (target === '/dev/null') return;
  if (target === '' || isStream(target))
    return host.write(target === '/dev/stderr' ? 'stderr' : target === '' ? stream : 'stdout', text);
  host.files.set(target, ((host.files.get(target) ?? '') + text).slice(-OUTPUT_LIMIT));
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

/** The shell, for its place in `shell.ts`. */
export const shellCode: Shell = {
  commandExists,
  run: runShell,
  wake,
  signal: signalShell,
  feed: feedShell,
  interrupt: interruptShell,
};
