/**
 * Containers that stand still, as the freezer of their cgroup holds them: nothing in them runs, no signal but SIGKILL reaches
 * them, connections to them are opened and never answered. What comes meanwhile happens when they go on.
 *
 * @source kernel Documentation/admin-guide/cgroup-v2.rst (cgroup.freeze), opencontainers/runc libcontainer (exec in a paused container)
 */
import type { HttpRequest } from '#engine/apiserver/stream-wire';
import type { Context, Message } from '#engine/kernel/process';
import { runContainerShell, signalContainer } from './containers';
import type { CriRequest, Exec, ExecSync } from './cri';
import { listenerOn, sandboxesAt } from './dial';
import { askerOf, type FreezeContainerFault, newId, refuse, type RuntimeTimer } from './messages';
import type { ContainerdState, ContainerRecord } from './state';

type Told = RuntimeTimer | HttpRequest | CriRequest;

export function freeze(state: ContainerdState, { containerId, frozen }: FreezeContainerFault, ctx: Context): void {
  const container = state.containers.get(containerId);
  if (container?.status.state !== 'running' || (container.frozen !== undefined) === frozen) return;
  if (!frozen) return thaw(state, container, ctx);
  state.freezes = true;
  container.frozen = { since: ctx.monotonic, signalled: false, missed: [] };
}

function thaw(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  const { since, signalled, missed } = container.frozen!;
  delete container.frozen;
  const stood = ctx.monotonic - since;
  if (container.service !== null) {
    container.service = { ...container.service, since: container.service.since + stood };
    container.owed = (container.owed ?? 0) + stood;
  }
  for (const { at, message } of missed) {
    const isEnd = message.type === 'runtime/exit';
    if (isEnd) delete container.owed;
    // A sleep is over; a program has as much to do as it had.
    ctx.after(isEnd ? at - since : 0, message);
  }
  runContainerShell(state, container, ctx);
  if (signalled) signalContainer(state, container, ctx);
}

export function standsStill(state: ContainerdState, message: Message, ctx: Context): boolean {
  const told = message as Told;
  switch (told.type) {
    case 'runtime/run':
      return miss(state, told.containerId, told, ctx);
    case 'runtime/exit':
      return miss(state, told.containerId, told, ctx) || payBack(state.containers.get(told.containerId), told, ctx);
    case 'runtime/exec-run':
      return miss(state, state.execs.get(told.exec)?.container, told, ctx);
    case 'runtime/exec-go-on':
      return miss(state, state.running.get(told.exec)?.container, told, ctx);
    case 'cri/exec':
    case 'cri/exec-sync':
      return refuseExec(state, told, ctx);
    case 'http/request': {
      const { to } = told;
      const listener = to === undefined ? null : listenerOn(state, sandboxesAt(state, to.address), to.port, ctx);
      return listener?.container.frozen !== undefined;
    }
    default:
      return false;
  }
}

/** A timer of a container that stands still is kept. */
function miss(state: ContainerdState, id: string | undefined, message: Message, ctx: Context): boolean {
  const container = state.containers.get(id ?? '');
  if (container?.frozen === undefined) return false;
  const { frozen } = container;
  container.frozen = { ...frozen, missed: [...frozen.missed, { at: ctx.monotonic, message }] };
  return true;
}

/** A program that stood still for a while ends so much later. */
function payBack(container: ContainerRecord | undefined, message: Message, ctx: Context): boolean {
  const owed = container?.owed ?? 0;
  if (container === undefined || owed === 0) return false;
  delete container.owed;
  container.timer = ctx.after(owed, message);
  return true;
}

function refuseExec(state: ContainerdState, request: Exec | ExecSync, ctx: Context): boolean {
  if (state.containers.get(request.containerId)?.frozen === undefined) return false;
  refuse(
    askerOf(request, ctx),
    'Unknown',
    `failed to exec in container: failed to start exec "${newId(ctx)}": OCI runtime exec failed: exec failed: cannot exec in a paused container (use --ignore-paused to override)`,
    ctx,
  );
  return true;
}
