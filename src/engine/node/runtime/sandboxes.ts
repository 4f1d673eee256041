/** Pod sandboxes: the pause container with the pod's network, and where addresses come from. */
import type { Context } from '#engine/kernel/process';
import { MILLISECOND, type Micros } from '#engine/kernel/time';
import type { RunPodSandbox, StopPodSandbox } from './cri';
import { answer, askerOf, newId, NOTHING_RESULT, refuse } from './messages';
import type { Asker, ContainerdState, Sandbox } from './state';
import { killContainer, removeContainer } from './containers';

/** Network namespace, CNI ADD, pause container: 100 to 200 ms. */
const SANDBOX_TIME: Micros = 100 * MILLISECOND;

export function runPodSandbox(state: ContainerdState, request: RunPodSandbox, ctx: Context): void {
  const id = newId(ctx);
  const hostNetwork = request.podCIDR === '';
  const ip = hostNetwork ? request.hostIP : takeAddress(state, request.podCIDR);
  const asker = askerOf(request, ctx);
  if (ip === null) {
    const range = rangeOf(request.podCIDR);
    return refuse(
      asker,
      'Unknown',
      `failed to setup network for sandbox "${id}": plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${addressAt(range.base, 1)}-${addressAt(range.base, range.size - 2)}`,
      ctx,
    );
  }
  const sandbox: Sandbox = {
    status: { id, pod: request.pod, attempt: request.attempt, ip, ready: false, createdAt: ctx.now },
    hostname: request.hostname,
    hostNetwork,
    containers: [],
  };
  state.sandboxes.set(id, sandbox);
  if (!hostNetwork) state.sandboxByIP.set(ip, id);
  const takes = SANDBOX_TIME + ctx.random('sandbox').below(SANDBOX_TIME);
  ctx.after(takes, { type: 'runtime/sandbox-ready', sandboxId: id, asker } as { type: string });
}

export function sandboxReady(state: ContainerdState, sandboxId: string, asker: Asker, ctx: Context): void {
  const sandbox = state.sandboxes.get(sandboxId);
  if (sandbox === undefined)
    return refuse(asker, 'NotFound', `an error occurred when try to find sandbox "${sandboxId}": not found`, ctx);
  sandbox.status = { ...sandbox.status, ready: true };
  answer(asker, { of: 'sandbox', sandbox: sandbox.status }, ctx);
}

/** Kills what still runs in it and gives its address back. */
export function stopPodSandbox(state: ContainerdState, request: StopPodSandbox, ctx: Context): void {
  const sandbox = state.sandboxes.get(request.sandboxId);
  if (sandbox !== undefined) {
    for (const id of sandbox.containers) {
      const container = state.containers.get(id);
      if (container !== undefined) killContainer(state, container, ctx);
    }
    if (!sandbox.hostNetwork) state.sandboxByIP.delete(sandbox.status.ip);
    sandbox.status = { ...sandbox.status, ready: false };
  }
  answer(askerOf(request, ctx), NOTHING_RESULT, ctx);
}

export function removePodSandbox(state: ContainerdState, sandboxId: string, ctx: Context): void {
  const sandbox = state.sandboxes.get(sandboxId);
  if (sandbox === undefined) return;
  for (const id of [...sandbox.containers]) removeContainer(state, id, ctx);
  if (!sandbox.hostNetwork) state.sandboxByIP.delete(sandbox.status.ip);
  state.sandboxes.delete(sandboxId);
}

/** The next free address after the last one given, as CNI's host-local does; the first is the bridge's. */
function takeAddress(state: ContainerdState, cidr: string): string | null {
  const { base, size } = rangeOf(cidr);
  const usable = size - 3;
  for (let i = 1; i <= usable; i++) {
    const offset = 2 + ((Math.max(state.lastAddress, 1) - 2 + i + usable) % usable);
    const ip = addressAt(base, offset);
    if (state.sandboxByIP.has(ip)) continue;
    state.lastAddress = offset;
    return ip;
  }
  return null;
}

interface Range {
  readonly base: number;
  readonly size: number;
}

const ranges = new Map<string, Range>();
const MOST_RANGES = 1024;

function rangeOf(cidr: string): Range {
  let range = ranges.get(cidr);
  if (range !== undefined) return range;
  const [address = '10.244.0.0', bits = '24'] = cidr.split('/');
  const base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  range = { base, size: 2 ** (32 - Number(bits)) };
  if (ranges.size >= MOST_RANGES) ranges.clear();
  ranges.set(cidr, range);
  return range;
}

function addressAt(base: number, offset: number): string {
  const value = base + offset;
  return `${Math.floor(value / 16_777_216)}.${Math.floor(value / 65_536) % 256}.${Math.floor(value / 256) % 256}.${value % 256}`;
}
