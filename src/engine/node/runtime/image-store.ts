/**
 * Images of one machine. A pull asks the registry for the manifest, moves bytes at the machine's bandwidth, shared evenly by
 * the pulls under way, asks the registry for the last of them, then writes the layers to disk: what was synced survives
 * the loss of power. A registry that does not answer lets the pull fail.
 *
 * @source containerd internal/cri/server/images/image_pull.go (newTransport: the time for a dial)
 * @simplified layers are not shared between images; decompression is part of the bandwidth; that the registry cannot be
 * reached is noticed where it is asked, not between the bytes
 */
import { invariant } from '#engine/kernel/invariant';
import type { Context } from '#engine/kernel/process';
import { SECOND, type Micros } from '#engine/kernel/time';
import { parseImageReference } from '../images/reference';
import type { ImageReference } from '../images/reference';
import { resolveImage, type ImageManifest } from '../images/registry';
import { IMAGE_REGISTRY, type RegistryAnswer, type RegistryRequest } from '../images/registry-process';
import type { CriError, PullImage, RuntimeImage } from './cri';
import { answer, askerOf, refuse } from './messages';
import {
  hostOf,
  imageNotFound,
  layerUnreachable,
  manifestUnreachable,
  noSpaceForLayer,
  pullDenied,
} from './pull-errors';
import type { ContainerdState, Pull } from './state';

export const IMAGE_FILE = 'containerd/images';
/** Bytes per second that a machine takes from registries. */
export const PULL_BANDWIDTH = 40_000_000;
/** How long the registry's answer is waited for. */
const REGISTRY_TIMEOUT: Micros = 30 * SECOND;

/** The images that this machine's disk holds: those that it was installed with, and what was pulled since. */
export function storedImages(ctx: Context, preloaded: readonly string[]): Map<string, RuntimeImage> {
  const images = new Map<string, RuntimeImage>();
  for (const name of preloaded) {
    const reference = parseImageReference(name);
    const manifest = reference === null ? 'not-found' : resolveImage(reference);
    if (reference === null || manifest === 'not-found' || manifest === 'denied') continue;
    images.set(reference.canonical, imageFrom(reference, manifest));
  }
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
  const pull: Pull = {
    name,
    reference,
    manifest: null,
    startedAt: ctx.monotonic,
    done: 0,
    at: ctx.monotonic,
    state: 'resolving',
    deadline: null,
    askers: [asker],
  };
  state.pulls.set(name, pull);
  askRegistry(pull, ctx);
}

/** What the pull waits for an answer to; null: it waits for none. */
function requestOf({ name, reference, manifest, state }: Pull): RegistryRequest | null {
  if (state === 'resolving') return { type: 'registry/resolve', reference };
  if (state === 'fetching' && manifest !== null) {
    return { type: 'registry/fetch-blob', image: name, digest: manifest.layer };
  }
  return null;
}

function askRegistry(pull: Pull, ctx: Context): void {
  const request = requestOf(pull);
  if (request === null) return;
  if (ctx.resolves) ctx.send(IMAGE_REGISTRY, request);
  pull.deadline ??= ctx.after(REGISTRY_TIMEOUT, { type: 'runtime/registry-timeout', name: pull.name } as {
    type: string;
  });
}

/** The registry has answered. An answer that no pull waits for any more changes nothing. */
export function registryAnswered(state: ContainerdState, told: RegistryAnswer, ctx: Context): void {
  const pull = state.pulls.get(told.image);
  if (pull === undefined) return;
  if (told.type === 'registry/blob') {
    if (pull.state === 'fetching') store(state, pull, ctx);
    return;
  }
  if (pull.state !== 'resolving') return;
  switch (told.type) {
    case 'registry/not-found':
      return fail(state, pull, imageNotFound(pull.reference), ctx);
    case 'registry/denied':
      return fail(state, pull, pullDenied(pull.reference, told.serverMessage), ctx);
    case 'registry/manifest':
      pull.manifest = told.manifest;
      return state.images.has(pull.name) ? finish(state, pull, ctx) : download(state, pull, ctx);
  }
}

/** The registry's machine is there, the registry is not. */
export function registryRefused(state: ContainerdState, request: RegistryRequest, ctx: Context): void {
  const pull = state.pulls.get(request.type === 'registry/resolve' ? request.reference.canonical : request.image);
  if (pull !== undefined) failUnreachable(state, pull, 'connect: connection refused', ctx);
}

/** The registry has not answered in time. */
export function registryTimedOut(state: ContainerdState, name: string, ctx: Context): void {
  const pull = state.pulls.get(name);
  if (pull === undefined) return;
  failUnreachable(state, pull, ctx.resolves ? 'i/o timeout' : `lookup ${hostOf(pull.reference)}: i/o timeout`, ctx);
  ctx.hangUp(IMAGE_REGISTRY);
  // Every pull has connections of its own: what hung with this one is asked again by those that still wait.
  for (const other of state.pulls.values()) askRegistry(other, ctx);
}

function failUnreachable(state: ContainerdState, pull: Pull, cause: string, ctx: Context): void {
  const request = requestOf(pull);
  if (request === null) return;
  const { reference } = pull;
  const error =
    request.type === 'registry/resolve'
      ? manifestUnreachable(reference, `dial tcp: ${cause}`)
      : layerUnreachable(reference, request.digest, `dial tcp: ${cause}`);
  fail(state, pull, error, ctx);
}

function fail(state: ContainerdState, pull: Pull, { code, message }: CriError, ctx: Context): void {
  ctx.cancel(pull.deadline);
  state.pulls.delete(pull.name);
  for (const asker of pull.askers) refuse(asker, code, message, ctx);
}

function download(state: ContainerdState, pull: Pull, ctx: Context): void {
  endWait(pull, ctx);
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
    if (pull.state !== 'downloading' || pull.done < sizeOf(pull)) continue;
    pull.state = 'fetching';
    askRegistry(pull, ctx);
  }
  schedule(state, ctx);
}

/** All layers are here, and unpacked if there is room. */
function store(state: ContainerdState, pull: Pull, ctx: Context): void {
  if (ctx.disk.isFull()) return fail(state, pull, noSpaceForLayer(pull.reference, pull.manifest?.layer ?? ''), ctx);
  endWait(pull, ctx);
  pull.state = 'storing';
  ctx.disk.append(IMAGE_FILE, imageOf(pull), sizeOf(pull));
  ctx.disk.sync(IMAGE_FILE, { type: 'runtime/image-stored', name: pull.name } as { type: string });
}

export function imageStored(state: ContainerdState, name: string, ctx: Context): void {
  const pull = state.pulls.get(name);
  if (pull !== undefined) finish(state, pull, ctx);
}

function finish(state: ContainerdState, pull: Pull, ctx: Context): void {
  endWait(pull, ctx);
  state.pulls.delete(pull.name);
  const image = Object.freeze(imageOf(pull));
  state.images.set(image.name, image);
  for (const asker of pull.askers) answer(asker, { of: 'image', image }, ctx);
}

function endWait(pull: Pull, ctx: Context): void {
  ctx.cancel(pull.deadline);
  pull.deadline = null;
}

const sizeOf = ({ manifest }: Pull): number => manifest?.size ?? 0;

/** @throws InvariantError before the manifest is there: nothing is stored without it */
function imageOf({ name, reference, manifest }: Pull): RuntimeImage {
  invariant(manifest !== null, `${name} has no manifest yet`);
  return imageFrom(reference, manifest);
}

const imageFrom = ({ canonical, repository }: ImageReference, { digest, size, root }: ImageManifest): RuntimeImage => ({
  name: canonical,
  id: `${repository}@${digest}`,
  size,
  root,
});

/** Bytes per second that each download gets. */
export function downloadShare(state: ContainerdState): number {
  let downloading = 0;
  for (const pull of state.pulls.values()) if (pull.state === 'downloading') downloading += 1;
  return state.bandwidth / Math.max(1, downloading);
}

/** Counts what has come since the last look, before anything changes. */
function settle(state: ContainerdState, ctx: Context): void {
  const each = downloadShare(state);
  for (const pull of state.pulls.values()) {
    if (pull.state !== 'downloading') continue;
    pull.done = Math.min(sizeOf(pull), pull.done + ((ctx.monotonic - pull.at) * each) / SECOND);
    pull.at = ctx.monotonic;
  }
}

function schedule(state: ContainerdState, ctx: Context): void {
  ctx.cancel(state.pullTimer);
  state.pullTimer = null;
  let left = Infinity;
  for (const pull of state.pulls.values())
    if (pull.state === 'downloading') left = Math.min(left, sizeOf(pull) - pull.done);
  if (left === Infinity) return;
  state.pullTimer = ctx.after(Math.max(0, Math.ceil((left * SECOND) / downloadShare(state))), {
    type: 'runtime/downloads',
  });
}
