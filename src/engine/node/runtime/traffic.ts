/**
 * What traffic and computing cost: CPU time that containers take on top of what they use at rest. Traffic is a number of
 * requests a second, counted once a second; a container gets what its limit lets it have, and where the machine's CPU does not
 * suffice, its share by weight, as the kernel's scheduler deals it.
 *
 * @source kernel Documentation/scheduler/sched-bwc.rst (CFS bandwidth), cgroup cpu.weight
 */
import type { Context } from '#engine/kernel/process';
import { MILLISECOND, type Micros, SECOND } from '#engine/kernel/time';
import type { Traffic } from './cri';
import { listenerOn, sandboxesAt } from './dial';
import { killForMemory } from './containers';
import { LOOP_SHARES, PER_REQUEST } from './lateness';
import { cpuLimit, cpuShares, memoryLimit } from './limits';
import { memoryAtRest, takeMemory } from './memory';
import type { ContainerdState, ContainerRecord } from './state';

/** How often it is counted. */
const EVERY: Micros = SECOND;
/** Traffic whose sender has not been heard for so long is over. */
const EXPIRES_AFTER: Micros = 10 * SECOND;
/** A shell that wakes up forks, reads and writes. */
const WAKING: Micros = MILLISECOND;

export function computed(container: ContainerRecord, busy: Micros): void {
  container.extraCpu += busy === 0 ? WAKING : (busy * Math.min(1000, cpuLimit(container) ?? 1000)) / 1000;
}

/** Somebody tells what he sends from now on. */
export function trafficComes(state: ContainerdState, { source, flows }: Traffic, ctx: Context): void {
  state.traffic ??= { sources: new Map(), countedAt: ctx.monotonic, timer: null };
  const { sources } = state.traffic;
  const first = sources.size === 0;
  if (flows.length === 0) sources.delete(source);
  else sources.set(source, { flows, until: ctx.monotonic + EXPIRES_AFTER });
  if (first || sources.size === 0) countTraffic(state, ctx);
}

/** Counts what has come since the last time, and says what comes now. */
export function countTraffic(state: ContainerdState, ctx: Context): void {
  const { traffic } = state;
  if (traffic === null) return;
  const passed = ctx.monotonic - traffic.countedAt;
  traffic.countedAt = ctx.monotonic;
  for (const container of state.containers.values()) {
    if (container.load !== null) {
      container.extraCpu += (container.load.milliCpu * passed) / 1000;
      container.served += (container.load.answered * passed) / SECOND;
    }
    container.load = null;
  }
  for (const [source, { until }] of traffic.sources) if (until <= ctx.monotonic) traffic.sources.delete(source);
  deal(state, ratesOf(state, ctx), ctx.hog()?.loops ?? 0);
  for (const container of state.containers.values()) if (container.service !== null) weigh(state, container, ctx);
  ctx.cancel(traffic.timer);
  traffic.timer = traffic.sources.size === 0 ? null : ctx.after(EVERY, { type: 'runtime/traffic' });
}

/** Requests a second by the container that answers them. */
function ratesOf(state: ContainerdState, ctx: Context): ReadonlyMap<ContainerRecord, number> {
  const rates = new Map<ContainerRecord, number>();
  for (const { flows } of state.traffic?.sources.values() ?? []) {
    for (const { address, port, rate } of flows) {
      const listener = listenerOn(state, sandboxesAt(state, address), port, ctx);
      if (listener !== null) rates.set(listener.container, (rates.get(listener.container) ?? 0) + rate);
    }
  }
  return rates;
}

interface Claim {
  /** Null: what computes on the machine beside its containers. */
  readonly container: ContainerRecord | null;
  readonly rate: number;
  /** CPU time of one request, µs. */
  readonly cost: Micros;
  /** Thousandths of a core on top of what it uses at rest. */
  readonly wanted: number;
  readonly shares: number;
}

function deal(state: ContainerdState, rates: ReadonlyMap<ContainerRecord, number>, loops: number): void {
  let free = state.milliCpu;
  for (const { service } of state.containers.values()) free -= service?.program.milliCpu ?? 0;
  let claims: Claim[] = [...rates].map(([container, rate]) => {
    const { milliCpu, perRequest = PER_REQUEST } = container.service!.program;
    const demand = (rate * perRequest.cpu) / 1000;
    const limit = cpuLimit(container);
    const allowed = limit === null ? demand : Math.max(0, Math.min(demand, limit - milliCpu));
    const wanted = container.frozen === undefined ? allowed : 0;
    return { container, rate, cost: perRequest.cpu, wanted, shares: cpuShares(container) };
  });
  free = Math.max(0, free);
  if (loops > 0) claims.push({ container: null, rate: 0, cost: 0, wanted: loops * 1000, shares: loops * LOOP_SHARES });
  // Who wants less than his share gets all of it; what that leaves is dealt again among the others.
  while (claims.length > 0) {
    const shares = claims.reduce((sum, claim) => sum + claim.shares, 0);
    const part = free / shares;
    const modest = claims.filter((claim) => claim.wanted <= claim.shares * part);
    const granted = modest.length > 0 ? modest : claims;
    for (const { container, rate, cost, wanted, shares: own } of granted) {
      const milliCpu = Math.min(wanted, own * part);
      free -= milliCpu;
      if (container === null) continue;
      const answered = cost > 0 ? Math.min(rate, (milliCpu * 1000) / cost) : container.frozen === undefined ? rate : 0;
      container.load = { rate, answered, milliCpu };
    }
    claims = claims.filter((claim) => !granted.includes(claim));
  }
}

/** Requests hold memory; who exceeds its limit is killed. */
function weigh(state: ContainerdState, container: ContainerRecord, ctx: Context): void {
  const bytes = memoryAtRest(container) + trafficMemory(container);
  const limit = memoryLimit(container);
  if (limit > 0 && bytes > limit) return killForMemory(state, container, ctx);
  if (bytes !== container.memory) takeMemory(state, container, bytes, ctx);
}

/** Bytes that traffic holds in a container's program. */
const trafficMemory = ({ service, load }: ContainerRecord): number =>
  load === null ? 0 : Math.round(load.rate * (service?.program.perRequest ?? PER_REQUEST).memory);
