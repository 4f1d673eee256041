/**
 * The laptop's shell: takes lines in and runs their programs one beside the other (one of them: `stages.ts`; how one run of
 * kubectl goes on: `call/run-call.ts`). Importing this gives it to the process.
 */
import type { Delivery } from '#engine/client/client';
import { closeIdle } from '#engine/client/connection';
import type { Context } from '#engine/kernel/process';
import { appendTo } from '#engine/kernel/ring';
import { answerCall, bytesCame, codeOfInterrupt, editedCall, streamSaid, timedOut } from '../call/run-call';
import { HOME, removeFile, writeText } from './files';
import { parseLine } from './parse';
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
import { advance, callHost, editedBy, emptyTargets, isCall, type Place, print, start, stopCall } from './stages';

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
