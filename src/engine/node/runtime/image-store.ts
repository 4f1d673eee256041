/**
 * Images of one machine. A pull asks the registry, then moves bytes at the machine's bandwidth, shared evenly by the
 * pulls under way, then writes the layers to disk: what was synced survives the loss of power.
 *
 * @simplified layers are not shared between images; decompression is part of the bandwidth
 */
import type { Context } from '#engine/kernel/process';
import { MILLISECOND, SECOND, type Micros } from '#engine/kernel/time';
import { parseImageReference } from '../images/reference';
import { registryDown, resolveImage } from '../images/registry';
import { catalogueImage } from '../programs/catalogue';
import type { PullImage, RuntimeImage } from './cri';
import { answer, askerOf, refuse } from './messages';
import type { ContainerdState, Pull } from './state';

export const IMAGE_FILE = 'containerd/images';
/** Bytes per second that a machine takes from registries. */
export const PULL_BANDWIDTH = 40_000_000;
/** A request for the manifest takes this and up to as much again. */
const REGISTRY_LATENCY: Micros = 150 * MILLISECOND;
/** How long a connection to a registry that is down is tried. */
const REGISTRY_TIMEOUT: Micros = 30 * SECOND;

/** The images that this machine's disk holds. */
export function storedImages(ctx: Context): Map<string, RuntimeImage> {
  const images = new Map<string, RuntimeImage>();
  for (const record of ctx.disk.read(IMAGE_FILE)) images.set((record as RuntimeImage).name, record as RuntimeImage);
  return images;
}

export function pullImage(state: ContainerdState, request: PullImage, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const reference = parseImageReference(request.image);
  if (reference === null)
    return refuse(asker, 'InvalidArgument', `failed to parse image reference "${request.image}"`, ctx);
  const name = reference.canonical;
  const running = state.pulls.get(name);
  if (running !== undefined) {
    running.askers.push(asker);
    return;
  }
  const resolved = resolveImage(reference);
  const known = catalogueImage(reference.repository);
  const root = known !== undefined && known.nonRoot !== true;
  const image: RuntimeImage =
    'size' in resolved ? { name, id: resolved.id, size: resolved.size, root } : { name, id: '', size: 0, root };
  state.pulls.set(name, {
    name,
    image,
    startedAt: ctx.monotonic,
    done: 0,
    at: ctx.monotonic,
    state: 'resolving',
    askers: [asker],
  });
  const jitter = ctx.random('registry').below(REGISTRY_LATENCY);
  ctx.after(state.registryUp ? REGISTRY_LATENCY + jitter : REGISTRY_TIMEOUT, { type: 'runtime/resolved', name } as {
    type: string;
  });
}

/** The registry has answered, or has not. */
export function resolved(state: ContainerdState, name: string, ctx: Context): void {
  const pull = state.pulls.get(name);
  const reference = parseImageReference(name);
  if (pull === undefined || reference === null) return;
  const verdict = state.registryUp ? resolveImage(reference) : registryDown(reference);
  if ('code' in verdict) {
    state.pulls.delete(name);
    for (const asker of pull.askers) refuse(asker, verdict.code, verdict.message, ctx);
    return;
  }
  if (state.images.has(name)) return finish(state, pull, ctx);
  settle(state, ctx);
  pull.state = 'downloading';
  pull.at = ctx.monotonic;
  schedule(state, ctx);
}

/** Some download may be complete. */
export function downloads(state: ContainerdState, ctx: Context): void {
  state.pullTimer = null;
  settle(state, ctx);
  for (const pull of state.pulls.values()) {
    if (pull.state !== 'downloading' || pull.done < pull.image.size) continue;
    pull.state = 'storing';
    ctx.disk.append(IMAGE_FILE, pull.image, pull.image.size);
    ctx.disk.sync(IMAGE_FILE, { type: 'runtime/image-stored', name: pull.name } as { type: string });
  }
  schedule(state, ctx);
}

export function imageStored(state: ContainerdState, name: string, ctx: Context): void {
  const pull = state.pulls.get(name);
  if (pull !== undefined) finish(state, pull, ctx);
}

function finish(state: ContainerdState, pull: Pull, ctx: Context): void {
  state.pulls.delete(pull.name);
  const image = Object.freeze(pull.image);
  state.images.set(image.name, image);
  for (const asker of pull.askers) answer(asker, { of: 'image', image }, ctx);
}

/** Bytes per second that each download gets. */
function share(state: ContainerdState): number {
  let downloading = 0;
  for (const pull of state.pulls.values()) if (pull.state === 'downloading') downloading += 1;
  return state.bandwidth / Math.max(1, downloading);
}

/** Counts what has come since the last look, before anything changes. */
function settle(state: ContainerdState, ctx: Context): void {
  const each = share(state);
  for (const pull of state.pulls.values()) {
    if (pull.state !== 'downloading') continue;
    pull.done = Math.min(pull.image.size, pull.done + ((ctx.monotonic - pull.at) * each) / SECOND);
    pull.at = ctx.monotonic;
  }
}

function schedule(state: ContainerdState, ctx: Context): void {
  ctx.cancel(state.pullTimer);
  state.pullTimer = null;
  let left = Infinity;
  for (const pull of state.pulls.values())
    if (pull.state === 'downloading') left = Math.min(left, pull.image.size - pull.done);
  if (left === Infinity) return;
  state.pullTimer = ctx.after(Math.max(0, Math.ceil((left * SECOND) / share(state))), { type: 'runtime/downloads' });
}
