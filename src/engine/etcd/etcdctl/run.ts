/** How etcdctl carries out a command line. Importing this gives it to the process (`etcdctl.ts`). */
import type { Context, Message, ProcessId } from '#engine/kernel/process';
import { appendTo } from '#engine/kernel/ring';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import type { EtcdAnswer, EtcdRequest, WatchEventsMessage } from '../wire';
import { parseCommand } from './command';
import { type EtcdctlCall, etcdctlRuns, type EtcdctlState, type Run, type TimedOut } from './etcdctl';
import { processAt, valueText } from './print';
import { type Asked, failure, needsMembers, outcome, requestsOf, type Result, textOf, type Wanted } from './requests';
import { saveSnapshot } from './snapshot-file';

/** @source etcdctl/ctlv3/command/global.go (command-timeout) */
const TIMEOUT: Micros = 5 * SECOND;

etcdctlRuns.handle = (state, incoming, ctx) => {
  const message = incoming as EtcdctlCall | TimedOut | EtcdAnswer | (Message & { type: 'kernel/refused' });
  switch (message.type) {
    case 'etcdctl/run':
      return begin(state, ctx, message);
    case 'etcdctl/timeout': {
      const run = state.runs.get(message.ticket);
      if (run === undefined || run.line.verb === 'watch') return;
      for (const [id, asked] of run.waiting)
        answered(state, ctx, id, failure(asked, 'context deadline exceeded', ctx.monotonic));
      return;
    }
    case 'kernel/refused':
      return refused(state, ctx, (message as unknown as { message: EtcdRequest }).message.id);
    default:
      if ('header' in message) heard(state, ctx, message);
  }
};

function begin(state: EtcdctlState, ctx: Context, { ticket, command }: EtcdctlCall): void {
  if (command === '^C') return interrupt(state, ctx, ticket);
  const line = parseCommand(command);
  if (typeof line === 'string') return tell(state, ctx, ticket, '', line, 128);
  const given = line.flags['endpoints'];
  const endpoints = given === undefined ? endpointsOf(state, ctx) : given.split(',').map(processAt);
  const run: Run = {
    ticket,
    line,
    startedAt: ctx.monotonic,
    endpoints,
    group: null,
    asksMembers: false,
    waiting: new Map(),
    results: [],
  };
  state.runs.set(ticket, run);
  ctx.after(TIMEOUT, { type: 'etcdctl/timeout', ticket } as TimedOut);
  run.asksMembers = needsMembers(line);
  if (run.asksMembers)
    ask(state, ctx, run, [{ targets: endpoints, request: { type: 'etcd/member-list', id: 0, linearizable: true } }]);
  else goOn(state, ctx, run);
}

function endpointsOf({ args }: EtcdctlState, ctx: Context): readonly ProcessId[] {
  const found = args.endpoint === undefined ? [] : ctx.lookUp(args.endpoint);
  return found.length === 0 ? args.endpoints : found;
}

/** Sends the command's own requests, or says what cannot be done without any. */
function goOn(state: EtcdctlState, ctx: Context, run: Run): void {
  run.asksMembers = false;
  const wanted = requestsOf(run, ctx.disk);
  if (typeof wanted === 'string') return finish(state, ctx, run, '', wanted, wanted.startsWith('Error') ? 128 : 1);
  if (wanted.length === 0) return conclude(state, ctx, run);
  ask(state, ctx, run, wanted);
}

function ask(state: EtcdctlState, ctx: Context, run: Run, wanted: readonly Wanted[]): void {
  for (const { targets, request } of wanted) {
    const [first] = targets;
    if (first === undefined) continue;
    sendTo(state, ctx, run, { process: first, others: targets.slice(1), request, since: ctx.monotonic });
  }
  if (run.waiting.size === 0) finish(state, ctx, run, '', 'Error: no endpoints', 1);
}

function sendTo(state: EtcdctlState, ctx: Context, run: Run, asked: Asked): void {
  const id = state.nextId++;
  run.waiting.set(id, asked);
  state.ticketOf.set(id, run.ticket);
  const request: EtcdRequest = { ...asked.request, id };
  ctx.send(asked.process, request);
}

/** Nobody listens there: the next endpoint is tried, as the client's balancer does. */
function refused(state: EtcdctlState, ctx: Context, id: number): void {
  const run = state.runs.get(state.ticketOf.get(id) ?? '');
  const asked = run?.waiting.get(id);
  if (run === undefined || asked === undefined) return;
  const [next, ...others] = asked.others;
  if (next === undefined) return answered(state, ctx, id, failure(asked, 'context deadline exceeded', ctx.monotonic));
  run.waiting.delete(id);
  state.ticketOf.delete(id);
  sendTo(state, ctx, run, { ...asked, process: next, others });
}

function heard(state: EtcdctlState, ctx: Context, answer: EtcdAnswer): void {
  const run = state.runs.get(state.ticketOf.get(answer.id) ?? '');
  const asked = run?.waiting.get(answer.id);
  if (run === undefined || asked === undefined) return;
  if (answer.type === 'etcd/watch-created') return;
  if (answer.type === 'etcd/watch-events') return tell(state, ctx, run.ticket, eventsText(answer), '', 0);
  if (answer.type === 'etcd/watch-canceled')
    return finish(state, ctx, run, '', `watch was canceled (${answer.reason})`, 1);
  const took = Math.round((ctx.monotonic - asked.since) / (MILLISECOND / 1000)) / 1000;
  answered(state, ctx, answer.id, { process: asked.process, answer, error: textOf(answer), took });
}

/** What a watch prints. @source etcdctl printer_simple.go (Watch) */
const eventsText = ({ events }: WatchEventsMessage): string =>
  events
    .map(
      ({ type, kv }) => `${type === 'put' ? 'PUT' : 'DELETE'}\n${kv.key}\n${type === 'put' ? valueText(kv.value) : ''}`,
    )
    .join('\n');

function answered(state: EtcdctlState, ctx: Context, id: number, result: Result): void {
  const run = state.runs.get(state.ticketOf.get(id) ?? '');
  if (run === undefined) return;
  run.waiting.delete(id);
  state.ticketOf.delete(id);
  if (run.asksMembers) {
    const { answer, error } = result;
    if (answer?.type !== 'etcd/members-answer') return finish(state, ctx, run, '', `Error: ${error}`, 1);
    run.group = { cluster: answer.cluster, members: answer.members };
    return goOn(state, ctx, run);
  }
  run.results.push(result);
  if (run.waiting.size === 0) conclude(state, ctx, run);
}

/** All have answered, or nobody was asked. */
function conclude(state: EtcdctlState, ctx: Context, run: Run): void {
  const { line, results } = run;
  const [first] = results;
  if (line.verb === 'snapshot save' && first?.answer?.type === 'etcd/snapshot-answer') {
    saveSnapshot(ctx.disk, line.args[0]!, first.answer.snapshot);
  }
  const { output, error } = outcome(run, ctx.disk);
  finish(state, ctx, run, output, error, error === '' ? 0 : 1);
}

function interrupt(state: EtcdctlState, ctx: Context, ticket: string): void {
  const run = state.runs.get(ticket);
  if (run === undefined) return;
  for (const [id, { process }] of run.waiting) ctx.send(process, { type: 'etcd/watch-cancel', id } as Message);
  finish(state, ctx, run, '', '', 130);
}

function finish(state: EtcdctlState, ctx: Context, run: Run, output: string, error: string, code: number): void {
  for (const id of run.waiting.keys()) state.ticketOf.delete(id);
  state.runs.delete(run.ticket);
  tell(state, ctx, run.ticket, output, error, code);
}

function tell(state: EtcdctlState, ctx: Context, ticket: string, output: string, error: string, code: number): void {
  const text = output === '' ? '' : `${output}\n`;
  const at = ctx.monotonic;
  appendTo(state.answers, { ticket, at, ok: code === 0, code, body: null, output: text, error, positions: [] });
}
