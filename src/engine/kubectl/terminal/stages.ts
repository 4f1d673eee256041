/**
 * One program of a pipeline: begins it, gives it what comes, carries what it prints to the next one, to a file or to the
 * terminal, and ends it.
 */
import { appendTo } from '#engine/kernel/ring';
import type { Context } from '#engine/kernel/process';
import { beginCall, type CallHost, feedCall, interruptCall } from '../call/run-call';
import { absolutePath, appendText, readText, writeText } from './files';
import { closeLoopback } from './loopback';
import { PROGRAMS } from './programs';
import type { Job, Laptop, Session, Stage, StageTag } from './session';
import { EDITORS, PAGERS, TOOLS } from './tools';
import { builtin, filesOf, runWithin, targetOf } from './within';

/** Longest text that an answer keeps; the terminal has all of it. */
const KEPT_OUTPUT = 4_194_304;

/** The session that a program runs in. */
export interface Place {
  readonly laptop: Laptop;
  readonly ctx: Context;
  readonly name: string;
  readonly session: Session;
}

/** Files that are written anew are empty before any program of the pipeline begins. */
export function emptyTargets({ session, ctx }: Place, { redirects }: Stage): void {
  for (const { kind, to, from } of redirects) {
    if (kind === '>' && to !== '/dev/null' && from !== 0) {
      writeText(ctx.disk, absolutePath(to, session.directory), '');
    }
  }
}

export function start(place: Place, job: Job, index: number): void {
  const { session, ctx } = place;
  const stage = job.stages[index]!;
  for (const { kind, to } of stage.redirects) {
    if (kind === 'text' || kind === '<') {
      const text = kind === 'text' ? to : readText(ctx.disk, absolutePath(to, session.directory));
      if (text === null) {
        print(place, job, 2, `bash: ${to}: No such file or directory\n`);
        return end(place, job, index, 1);
      }
      stage.input = text;
      stage.inputEnded = true;
    }
  }
  const variables = (stage.memory['variables'] ?? {}) as Readonly<Record<string, string>>;
  const [name] = stage.argv;
  if (name === undefined) {
    Object.assign(session.variables, variables);
    return end(place, job, index, 0);
  }
  if (Object.hasOwn(PROGRAMS, name))
    return beginCall(callHost(place, job, index, { ...session.variables, ...variables }));
  const built = builtin(session, stage);
  if (built !== null) return end(place, job, index, built);
  if (EDITORS.includes(name)) return startEditor(place, job, index);
  if (!Object.hasOwn(TOOLS, name)) {
    print(place, job, 2, `${name}: command not found\n`, index);
    return end(place, job, index, 127);
  }
  feed(place, job, index);
}

/** `vi web.yaml`: the window's editor. */
function startEditor(place: Place, job: Job, index: number): void {
  const [name, path] = job.stages[index]!.argv;
  if (job.columns === null || path === undefined) {
    print(place, job, 2, `${name}: ${path === undefined ? 'which file?' : 'there is no window to edit in'}\n`, index);
    return end(place, job, index, 1);
  }
  callHost(place, job, index).edit(absolutePath(path, place.session.directory));
}

export function editedBy(place: Place, job: Job, index: number, text: string | null): void {
  const [name = '', path = ''] = job.stages[index]!.argv;
  if (!EDITORS.includes(name) && !PAGERS.includes(name)) return;
  if (text !== null && EDITORS.includes(name)) {
    writeText(place.ctx.disk, absolutePath(path, place.session.directory), text);
  }
  end(place, job, index, 0);
}

const tagOf = ({ name, session }: Place, stage: number, asked: number): StageTag => ({
  type: 'kubectl/stage',
  session: name,
  job: session.jobs,
  stage,
  asked,
});

/** Gives a tool what has come. */
function feed(place: Place, job: Job, index: number): void {
  const stage = job.stages[index]!;
  const tool = TOOLS[stage.argv[0] ?? ''];
  if (tool === undefined || stage.code !== null) return;
  const code = tool(stage, {
    ...filesOf(place.ctx.disk, place.session),
    out: (text) => print(place, job, 1, text, index),
    err: (text) => print(place, job, 2, text, index),
    page: isShown(job, index) ? (text) => showPages(place, job, text) : null,
  });
  if (code !== null) end(place, job, index, code);
}

/** Whether what the program prints is seen in a window as it is. */
const isShown = (job: Job, index: number): boolean =>
  job.columns !== null && index === job.stages.length - 1 && targetOf(job.stages[index], 1) === 1;

function showPages({ laptop, ctx, name }: Place, { ticket }: Job, text: string): void {
  appendTo(laptop.terminals.printed, { session: name, ticket, at: ctx.monotonic, stream: 1, text, pages: true });
}

export function callHost(
  place: Place,
  job: Job,
  index: number,
  variables: Readonly<Record<string, string>> = {},
): CallHost {
  const { laptop, ctx, session } = place;
  return {
    client: laptop.client,
    ctx,
    stage: job.stages[index]!,
    terminals: laptop.terminals,
    columns: index === job.stages.length - 1 ? job.columns : null,
    interactive: job.columns !== null && index === 0,
    directory: session.directory,
    variables,
    tag: (asked) => tagOf(place, index, asked),
    print: (stream, text) => print(place, job, stream, text, index),
    program: (line) =>
      runWithin(line, {
        ...filesOf(ctx.disk, session),
        out: (text) => print(place, job, 1, text, index),
        err: (text) => print(place, job, 2, text, index),
      }),
    edit: (path) =>
      appendTo(laptop.terminals.printed, {
        session: place.name,
        ticket: job.ticket,
        at: ctx.monotonic,
        stream: 1,
        text: readText(ctx.disk, path) ?? '',
        edits: path,
      }),
    end: (code) => end(place, job, index, code),
  };
}

/** Carries what a program prints to where its redirections say; without a program it is the shell's own. */
export function print(place: Place, job: Job, stream: 1 | 2, text: string, index?: number): void {
  if (text === '') return;
  const stage = index === undefined ? undefined : job.stages[index];
  const target = targetOf(stage, stream);
  if (typeof target === 'string') {
    if (target !== '/dev/null') appendText(place.ctx.disk, absolutePath(target, place.session.directory), text);
    return;
  }
  const next = index === undefined || target === 2 ? undefined : job.stages[index + 1];
  if (next !== undefined) {
    if (next.code === null) next.input += text;
    if (next.code === null) advance(place, job, index! + 1);
    return;
  }
  const kept = target === 1 ? job.output : job.errors;
  if (job.kept < KEPT_OUTPUT) kept.push(text);
  job.kept += text.length;
  const { laptop, ctx, name } = place;
  appendTo(laptop.terminals.printed, { session: name, ticket: job.ticket, at: ctx.monotonic, stream: target, text });
}

/** Something has come to a program that may wait for it. */
export function advance(place: Place, job: Job, index: number): void {
  const stage = job.stages[index]!;
  if (stage.code !== null) return;
  if (isCall(stage)) feedCall(callHost(place, job, index));
  else feed(place, job, index);
}

export const isCall = ({ argv }: Stage): boolean => Object.hasOwn(PROGRAMS, argv[0] ?? '');

/** A program is stopped, whatever it does. */
export function stopCall(place: Place, job: Job, index: number): void {
  interruptCall(callHost(place, job, index));
  closeLoopback(place.laptop.terminals, place.ctx, tagOf(place, index, -1));
}

function end(place: Place, job: Job, index: number, code: number): void {
  const stage = job.stages[index]!;
  if (stage.code !== null) return;
  stage.code = code;
  closeLoopback(place.laptop.terminals, place.ctx, tagOf(place, index, -1));
  const next = job.stages[index + 1];
  if (next !== undefined && !next.inputEnded) {
    next.inputEnded = true;
    // One that has not begun reads it when it does.
    if (next.code === null && (next.call !== null || !isCall(next))) advance(place, job, index + 1);
  }
  // Nobody reads what the ones before it still print.
  for (let before = index - 1; before >= 0; before--) {
    const earlier = job.stages[before]!;
    if (earlier.code !== null) break;
    stopCall(place, job, before);
    earlier.code = 141;
  }
}
