/**
 * The laptop's shell: takes lines in, runs their programs one beside the other, carries what they print to the next one, to a
 * file or to the terminal. How one run of kubectl goes on is in `call/run-call.ts`. Importing this gives it to the process.
 */
import type { Delivery } from '#engine/client/client';
import type { Context } from '#engine/kernel/process';
import { appendTo } from '#engine/kernel/ring';
import { closeIdle } from '#engine/client/connection';
import {
  answerCall,
  beginCall,
  bytesCame,
  codeOfInterrupt,
  type CallHost,
  editedCall,
  feedCall,
  interruptCall,
  streamSaid,
  timedOut,
} from '../call/run-call';
import { absolutePath, appendText, HOME, readText, removeFile, writeText } from './files';
import { closeLoopback } from './loopback';
import { parseLine } from './parse';
import { PROGRAMS } from './programs';
import {
  type Job,
  type Laptop,
  type Session,
  type ShellCall,
  type ShellInputCall,
  type Stage,
  type StageTag,
  terminals,
} from './session';
import { EDITORS, PAGERS, TOOLS } from './tools';
import { builtin, filesOf, runWithin, targetOf } from './within';

/** Longest text that an answer keeps; the terminal has all of it. */
const KEPT_OUTPUT = 4_194_304;

interface Place {
  readonly laptop: Laptop;
  readonly ctx: Context;
  readonly name: string;
  readonly session: Session;
}

terminals.provide({
  handle(laptop, message, ctx) {
    switch (message.type) {
      case 'kubectl/shell':
        return typed(laptop, message, ctx);
      case 'kubectl/shell-input':
        return inputTyped(laptop, message, ctx);
      case 'kubectl/file':
        return message.text === null
          ? removeFile(ctx.disk, message.path)
          : writeText(ctx.disk, message.path, message.text);
      case 'kubectl/stage':
        return alarm(laptop, message, ctx);
    }
  },
  deliver,
});

const newSession = (): Session => ({
  directory: HOME,
  variables: { HOME, USER: 'user' },
  status: 0,
  job: null,
  waiting: [],
  jobs: 0,
});

function typed(laptop: Laptop, call: ShellCall, ctx: Context): void {
  const { sessions } = laptop.terminals;
  let session = sessions.get(call.session);
  if (session === undefined) sessions.set(call.session, (session = newSession()));
  if (session.job === null) begin({ laptop, ctx, name: call.session, session }, call);
  else session.waiting.push(call);
}

function begin(place: Place, { ticket, line, columns }: ShellCall): void {
  const { session } = place;
  const parsed = parseLine(line, { ...session.variables, '?': String(session.status) });
  session.jobs++;
  const job: Job = {
    ticket,
    columns: columns ?? null,
    pipelines: parsed.type === 'pipelines' ? parsed.pipelines : [],
    position: -1,
    stages: [],
    output: [],
    errors: [],
    kept: 0,
  };
  session.job = job;
  if (parsed.type !== 'pipelines') {
    session.status = 2;
    print(place, job, 2, `bash: ${parsed.type === 'error' ? parsed.text : 'syntax error: unexpected end of file'}\n`);
  }
  goOn(place);
}

/** Begins the next pipeline that is to be run; the job ends after the last. */
function goOn(place: Place): void {
  const { session } = place;
  const job = session.job!;
  for (;;) {
    job.position++;
    const pipeline = job.pipelines[job.position];
    if (pipeline === undefined) return finish(place, job);
    if (pipeline.after === '&&' && session.status !== 0) continue;
    if (pipeline.after === '||' && session.status === 0) continue;
    job.stages = pipeline.commands.map(({ argv, redirects, variables }, index) => {
      const stage: Stage = {
        argv,
        redirects,
        call: null,
        memory: { variables },
        input: '',
        inputEnded: index === 0 && job.columns === null,
        code: null,
      };
      return stage;
    });
    for (const stage of job.stages) emptyTargets(place, stage);
    job.stages.forEach((_, index) => start(place, job, index));
    if (settle(place, job)) continue;
    return;
  }
}

/** Files that are written anew are empty before any program of the pipeline begins. */
function emptyTargets({ session, ctx }: Place, { redirects }: Stage): void {
  for (const { kind, to, from } of redirects) {
    if (kind === '>' && to !== '/dev/null' && from !== 0) {
      writeText(ctx.disk, absolutePath(to, session.directory), '');
    }
  }
}

function start(place: Place, job: Job, index: number): void {
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

function editedBy(place: Place, job: Job, index: number, text: string | null): void {
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

function callHost(place: Place, job: Job, index: number, variables: Readonly<Record<string, string>> = {}): CallHost {
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
function print(place: Place, job: Job, stream: 1 | 2, text: string, index?: number): void {
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
function advance(place: Place, job: Job, index: number): void {
  const stage = job.stages[index]!;
  if (stage.code !== null) return;
  if (isCall(stage)) feedCall(callHost(place, job, index));
  else feed(place, job, index);
}

const isCall = ({ argv }: Stage): boolean => Object.hasOwn(PROGRAMS, argv[0] ?? '');

/** A program is stopped, whatever it does. */
function stopCall(place: Place, job: Job, index: number): void {
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

/** @returns whether the pipeline is over; then its status is the session's */
function settle({ session, laptop, ctx }: Place, job: Job): boolean {
  if (job.stages.some(({ code }) => code === null)) return false;
  session.status = job.stages.at(-1)?.code ?? 0;
  closeIdle(laptop.client, ctx);
  return true;
}

function finish(place: Place, job: Job): void {
  const { laptop, ctx, name, session } = place;
  session.job = null;
  const { ticket } = job;
  const code = session.status;
  const at = ctx.monotonic;
  appendTo(laptop.terminals.printed, { session: name, ticket, at, stream: null, text: '', code });
  appendTo(laptop.answers, {
    ticket,
    at,
    ok: code === 0,
    code,
    body: null,
    output: job.output.join(''),
    error: job.errors.join(''),
    positions: [],
  });
  const next = session.waiting.shift();
  if (next !== undefined) begin(place, next);
}

function inputTyped(
  laptop: Laptop,
  { session: name, text = '', end: ended = false, interrupt = false, edited }: ShellInputCall,
  ctx: Context,
): void {
  const session = laptop.terminals.sessions.get(name);
  const job = session?.job;
  if (session === undefined || job === undefined || job === null) return;
  const place: Place = { laptop, ctx, name, session };
  if (interrupt) {
    session.waiting.length = 0;
    job.stages.forEach((stage, index) => {
      if (stage.code !== null) return;
      const code = codeOfInterrupt(callHost(place, job, index));
      stopCall(place, job, index);
      stage.code = code;
    });
    job.position = job.pipelines.length;
    if (settle(place, job)) finish(place, job);
    return;
  }
  if (edited !== undefined) {
    job.stages.forEach((stage, index) => {
      if (stage.code === null && isCall(stage)) editedCall(callHost(place, job, index), edited);
      else if (stage.code === null) editedBy(place, job, index, edited);
    });
    if (settle(place, job)) goOn(place);
    return;
  }
  const first = job.stages[0];
  if (first === undefined || first.code !== null) return;
  first.input += text;
  first.inputEnded ||= ended;
  advance(place, job, 0);
  if (settle(place, job)) goOn(place);
}

/** Finds the program that a tag means, as long as it runs and still asks that. */
function placeOf(
  laptop: Laptop,
  tag: StageTag,
  ctx: Context,
): (Place & { readonly job: Job; readonly stage: Stage }) | null {
  const session = laptop.terminals.sessions.get(tag.session);
  const job = session?.job;
  if (session === undefined || !job || session.jobs !== tag.job) return null;
  const stage = job.stages[tag.stage];
  if (stage === undefined || stage.code !== null) return null;
  if (tag.asked >= 0 && stage.call?.asked !== tag.asked) return null;
  return { laptop, ctx, name: tag.session, session, job, stage };
}

function alarm(laptop: Laptop, tag: StageTag, ctx: Context): void {
  const place = placeOf(laptop, tag, ctx);
  if (place === null) return;
  if (tag.bytes !== undefined) bytesCame(callHost(place, place.job, tag.stage), tag);
  else timedOut(callHost(place, place.job, tag.stage));
  if (settle(place, place.job)) goOn(place);
}

function deliver(laptop: Laptop, delivery: Delivery, tag: StageTag, ctx: Context): void {
  const place = placeOf(laptop, tag, ctx);
  if (place === null) return;
  const host = callHost(place, place.job, tag.stage);
  if (delivery.type === 'streamed') streamSaid(host, delivery.message, tag.connection);
  else if (delivery.type === 'answer') {
    const { ok, code, body, warnings } = delivery;
    answerCall(host, { ok, code, body, warnings });
  }
  if (settle(place, place.job)) goOn(place);
}
