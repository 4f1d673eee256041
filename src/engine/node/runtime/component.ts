/** Containers whose program is a component of the control plane or an add-on: a process of the simulation, spawned by the runtime. */
import type { Context, ProcessId } from '#engine/kernel/process';
import { parseImageReference, type ImageReference } from '../images/reference';
import { componentOf, flagsOf, type Component, type ProbeAnswer } from '../programs/components';
import type { Dial } from './cri';
import { answer, askerOf } from './messages';
import type { ContainerdState, ContainerRecord, Sandbox } from './state';

/** The component that this container runs; undefined: an ordinary program, or not on the host's network. */
export function componentIn(
  state: ContainerdState,
  { status, config }: ContainerRecord,
  { repository }: ImageReference,
): Component | undefined {
  const component = componentOf(repository, config.command);
  const hostNetwork = state.sandboxes.get(status.sandboxId)?.hostNetwork === true;
  return hostNetwork || component?.repository !== undefined || component?.inPods === true ? component : undefined;
}

/** The component that a container has been started with. */
export const runningComponent = ({ status, config }: ContainerRecord): Component | undefined =>
  componentOf(canonicalRepository(status.imageRef), config.command);

/** Asks the component that listens on this port of the host for its health. */
export function probeComponent(
  state: ContainerdState,
  container: ContainerRecord,
  request: Dial,
  ctx: Context,
): boolean {
  const { process } = container;
  const component = process === null ? undefined : runningComponent(container);
  if (process === null || component?.ports.includes(request.port) !== true) return false;
  const id = state.nextProbe++;
  const timer = ctx.after(request.timeout, { type: 'runtime/probe-timeout', probe: id } as { type: string });
  state.probes.set(id, { asker: askerOf(request, ctx), timer });
  ctx.send(process, component.probe(id, request.path));
  return true;
}

/** It has answered; in time, or nobody waits any more. */
export function componentAnswered(state: ContainerdState, told: ProbeAnswer, ctx: Context): void {
  const probe = state.probes.get(told.id);
  if (probe === undefined) return;
  state.probes.delete(told.id);
  ctx.cancel(probe.timer);
  const code = 'code' in told ? told.code : told.type === 'etcd/error' ? 503 : 200;
  answer(probe.asker, { of: 'dial', outcome: { kind: 'answered', code } }, ctx);
}

export function probeTimedOut(state: ContainerdState, id: number, ctx: Context): void {
  const probe = state.probes.get(id);
  if (probe === undefined) return;
  state.probes.delete(id);
  answer(probe.asker, { of: 'dial', outcome: { kind: 'timeout' } }, ctx);
}

/** The process that listens on a port of these pods; null: none does. */
export function componentOn(state: ContainerdState, sandboxes: readonly Sandbox[], port: number): ProcessId | null {
  for (const { containers } of sandboxes) {
    for (const id of containers) {
      const container = state.containers.get(id);
      if (container === undefined || container.process === null) continue;
      if (runningComponent(container)?.ports.includes(port) === true) return container.process;
    }
  }
  return null;
}

const canonicalRepository = (image: string): string => parseImageReference(image)?.repository ?? '';

/**
 * Starts it, unless something on this machine has its port.
 *
 * @returns what it says when it cannot start; null when it does
 */
export function spawnComponent(
  container: ContainerRecord,
  { name: kind, ports, args, logLine }: Component,
  isOnHost: boolean,
  ctx: Context,
): string | null {
  const name = isOnHost ? kind : `${kind}-${container.status.id.slice(0, 12)}`;
  if (ctx.isTaken(name)) return `listen tcp 127.0.0.1:${ports[0]}: bind: address already in use`;
  const { command, args: given, files } = container.config;
  const host = {
    machine: ctx.machine,
    files,
    file: (path: string): unknown => ctx.disk.read(path)[0],
    lookUp: (name: string) => ctx.lookUp(name),
  };
  const told = args(flagsOf(command.concat(given)), host);
  if (typeof told === 'string') return logLine?.(told, ctx.now) ?? told;
  container.process = ctx.spawn({ name, kind, args: told, restartAfter: null });
  return null;
}
