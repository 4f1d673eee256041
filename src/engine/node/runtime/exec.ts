/** Commands run in a container from outside: exec probes, hooks, `kubectl exec`. */
import type { Context } from '#engine/kernel/process';
import { MILLISECOND } from '#engine/kernel/time';
import { executableError, shellFor } from '../programs/launch';
import { shell } from '../programs/shell/shell';
import type { ExecSync } from './cri';
import { shellHost } from './containers';
import { answer, askerOf, newId, refuse, until } from './messages';
import type { ContainerdState, ExecSession } from './state';

/** Bytes of output that are kept. */
const OUTPUT_LIMIT = 10_240;

export function execSync(state: ContainerdState, request: ExecSync, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const container = state.containers.get(request.containerId);
  if (container === undefined || container.status.state !== 'running') {
    return refuse(
      asker,
      'NotFound',
      `failed to exec in container: failed to load task: no running task found: task ${request.containerId} not found`,
      ctx,
    );
  }
  const name = request.command[0] ?? '';
  if (
    !shell.code.commandExists(
      name,
      shellHost(container, ctx, () => undefined),
    )
  ) {
    return refuse(
      asker,
      'Unknown',
      `failed to exec in container: failed to start exec "${newId(ctx)}": OCI runtime exec failed: exec failed: unable to start container process: ${executableError(name)}: unknown`,
      ctx,
    );
  }
  const begun = shellFor(request.command, { ...container.config, stdin: false });
  begun.variables = { ...begun.variables, HOSTNAME: container.hostname };
  const number = state.nextExec++;
  const session: ExecSession = {
    container: request.containerId,
    asker,
    shell: begun,
    output: '',
    timer: null,
    deadline: ctx.after(request.timeout, { type: 'runtime/exec-deadline', exec: number } as { type: string }),
  };
  state.execs.set(number, session);
  runExec(state, number, ctx);
}

/** Lets an exec go on. */
export function runExec(state: ContainerdState, number: number, ctx: Context): void {
  const session = state.execs.get(number);
  const container = state.containers.get(session?.container ?? '');
  if (session === undefined) return;
  if (container === undefined || container.status.state !== 'running')
    return finish(state, number, session, SIGKILLED, ctx);
  session.timer = null;
  if (session.shell.blocked?.on === 'sleep' || session.shell.blocked?.on === 'wait') shell.code.wake(session.shell, 0);
  const host = shellHost(container, ctx, (_, text) => {
    if (session.output.length < OUTPUT_LIMIT) session.output = (session.output + text).slice(0, OUTPUT_LIMIT);
  });
  const outcome = shell.code.run(session.shell, host);
  const message = { type: 'runtime/exec-run', exec: number };
  if (outcome.of === 'exited') finish(state, number, session, outcome.code, ctx);
  else if (outcome.of === 'busy') session.timer = ctx.after(10 * MILLISECOND, message);
  else if (outcome.of === 'asleep' && outcome.until !== null)
    session.timer = ctx.after(until(outcome.until, ctx), message);
}

const SIGKILLED = 137;

function finish(state: ContainerdState, number: number, session: ExecSession, exitCode: number, ctx: Context): void {
  ctx.cancel(session.deadline);
  ctx.cancel(session.timer);
  state.execs.delete(number);
  answer(session.asker, { of: 'exec', exitCode, output: session.output }, ctx);
}

export function execTimedOut(state: ContainerdState, number: number, ctx: Context): void {
  const session = state.execs.get(number);
  if (session === undefined) return;
  ctx.cancel(session.timer);
  state.execs.delete(number);
  refuse(
    session.asker,
    'DeadlineExceeded',
    'failed to exec in container: timeout exceeded: context deadline exceeded',
    ctx,
  );
}
