/** Nodes that hold a pod's images already are better. @source kubernetes pkg/scheduler/framework/plugins/imagelocality/image_locality.go */
import type { SchedulerCache } from '../cache';
import { nodeOrder } from '../cache';
import { MAX_NODE_SCORE, definePlugin } from '../plugin';
import type { PodInfo } from '../pod-info';

const MEBIBYTE = 1024 * 1024;
const MIN_THRESHOLD = 23 * MEBIBYTE;
const MAX_CONTAINER_THRESHOLD = 1000 * MEBIBYTE;

interface WantedImage {
  readonly name: string;
  /** Bytes, less the fewer nodes hold it. */
  readonly scaledSize: number;
  /** Whether every node holds it. */
  readonly isEverywhere: boolean;
}

interface Wanted {
  /** Images that at least one node holds; an image that two containers use stands here twice. */
  readonly images: readonly WantedImage[];
  readonly containers: number;
}

export const imageLocality = definePlugin<null, Wanted>({
  name: 'ImageLocality',

  preScore: ({ cache, pod }) => wantedImages(cache, pod),

  score({ images, containers }, _cycle, nodes, count, scores) {
    let everywhere = 0;
    for (const image of images) if (image.isEverywhere) everywhere += image.scaledSize;
    const atLeast = locality(everywhere, containers);
    if (images.every((image) => image.isEverywhere)) return atLeast;

    for (let i = 0; i < count; i++) {
      const held = nodes[i]!.images;
      let sum = everywhere;
      for (const image of images) if (!image.isEverywhere && held.has(image.name)) sum += image.scaledSize;
      scores[i] = sum === everywhere ? atLeast : locality(sum, containers);
    }
    return undefined;
  },
});

function wantedImages(cache: SchedulerCache, { pod }: PodInfo): Wanted {
  const { initContainers } = pod.spec;
  const containers = initContainers === undefined ? pod.spec.containers : [...initContainers, ...pod.spec.containers];
  if (cache.images.size === 0) return { images: NO_IMAGES, containers: containers.length };
  const nodes = nodeOrder(cache).length;
  const images: WantedImage[] = [];
  for (const container of containers) {
    const name = normalizedImageName(container.image ?? '');
    const known = cache.images.get(name);
    if (known === undefined) continue;
    const scaledSize = Math.trunc(known.size * (known.nodes / nodes));
    images.push({ name, scaledSize, isEverywhere: known.nodes === nodes });
  }
  return { images, containers: containers.length };
}

const NO_IMAGES: readonly WantedImage[] = Object.freeze([]);

/** An image without tag or digest is that of the tag `latest`. */
export const normalizedImageName = (name: string): string =>
  name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;

function locality(sum: number, containers: number): number {
  const most = MAX_CONTAINER_THRESHOLD * containers;
  const clamped = sum < MIN_THRESHOLD ? MIN_THRESHOLD : sum > most ? most : sum;
  return Math.trunc((MAX_NODE_SCORE * (clamped - MIN_THRESHOLD)) / (most - MIN_THRESHOLD));
}
