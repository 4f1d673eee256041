/**
 * The image registries of the world as one process somewhere on the internet, process kind `image-registry`. Container
 * runtimes ask it over the network; when it has no power, or the way to it is cut, nobody answers. It remembers nothing:
 * both of its answers can be asked for again.
 *
 * @simplified one registry stands for all; the bytes of layers are moved by whoever pulls, at its own bandwidth, and
 * the registry is asked for them once, when the last of them are due
 */
import { defineProcess, type Context, type Message, type ProcessId } from '#engine/kernel/process';
import { MILLISECOND, type Micros } from '#engine/kernel/time';
import type { ImageReference } from './reference';
import { type ImageManifest, resolveImage } from './registry';

/** Where every container runtime finds it. */
export const IMAGE_REGISTRY: ProcessId = 'internet/image-registry';

/** HEAD and GET of a manifest. Answered by `registry/manifest`, `registry/not-found` or `registry/denied`. */
export interface ResolveRequest extends Message {
  readonly type: 'registry/resolve';
  readonly reference: ImageReference;
}

/** GET of a blob. Answered by `registry/blob`. */
export interface FetchBlob extends Message {
  readonly type: 'registry/fetch-blob';
  /** Canonical name, told back. */
  readonly image: string;
  readonly digest: string;
}

export type RegistryRequest = ResolveRequest | FetchBlob;

/** What the registry answers; `image` is the canonical name of what was asked for. */
export type RegistryAnswer =
  | { readonly type: 'registry/manifest'; readonly image: string; readonly manifest: ImageManifest }
  | { readonly type: 'registry/not-found'; readonly image: string }
  /** 401, with what the authorization server said. */
  | { readonly type: 'registry/denied'; readonly image: string; readonly serverMessage: string }
  | { readonly type: 'registry/blob'; readonly image: string; readonly digest: string };

/** Own timer: the manifest is at hand. */
interface Reply extends Message {
  readonly type: 'registry/reply';
  readonly to: ProcessId;
  readonly answer: RegistryAnswer;
}

/** Authorization and a manifest take this and up to as much again. */
const SERVICE_TIME: Micros = 150 * MILLISECOND;

export const imageRegistry = defineProcess<null>({
  kind: 'image-registry',

  start: () => null,

  handle(_state, message, ctx) {
    const told = message as RegistryRequest | Reply;
    switch (told.type) {
      case 'registry/resolve': {
        const took = SERVICE_TIME + ctx.random('service').below(SERVICE_TIME);
        const reply: Reply = { type: 'registry/reply', to: askerOf(ctx), answer: answerTo(told) };
        ctx.after(took, reply);
        return;
      }
      case 'registry/fetch-blob':
        return ctx.send(askerOf(ctx), { type: 'registry/blob', image: told.image, digest: told.digest } as Message);
      case 'registry/reply':
        return ctx.send(told.to, told.answer);
    }
  },
});

const askerOf = (ctx: Context): ProcessId => ctx.from ?? ctx.self;

function answerTo({ reference }: ResolveRequest): RegistryAnswer {
  const image = reference.canonical;
  const found = resolveImage(reference);
  if (found === 'not-found') return { type: 'registry/not-found', image };
  if (found === 'denied') {
    return { type: 'registry/denied', image, serverMessage: 'insufficient_scope: authorization failed' };
  }
  return { type: 'registry/manifest', image, manifest: found };
}
