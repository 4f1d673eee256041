/**
 * What the world's registries have: does an image exist, how large is it, what is its digest. Catalogue
 * repositories follow their tag rule; every other well-formed name exists, with a size drawn from its name, unless the
 * name itself says that it should not.
 */
import { hashName } from '#engine/kernel/random';
import { catalogueImage } from '../programs/catalogue';
import { tagExists } from './tag-rules';
import type { ImageReference } from './reference';

/** What a pull needs to know of an image before it moves bytes. */
export interface ImageManifest {
  /** Bytes that a pull moves. */
  readonly size: number;
  /** `sha256:…`. */
  readonly digest: string;
  /** `sha256:…` of its last layer. */
  readonly layer: string;
  /** The image's user is root. */
  readonly root: boolean;
}

/** `not-found`: no such tag or repository (404). `denied`: Docker Hub does not say whether such a repository exists (401). */
export type Resolution = ImageManifest | 'not-found' | 'denied';

const MB = 1_000_000;
/** Unknown images weigh 20 to 300 MB. */
const SMALLEST_UNKNOWN = 20 * MB;
const LARGEST_UNKNOWN = 300 * MB;
/** Words by which examples of broken images give themselves away. */
const MISSING_WORDS = [
  'does-not-exist',
  'doesnotexist',
  'doesnt-exist',
  'nonexistent',
  'non-existent',
  'nonexisting',
  'non-existing',
  'not-exist',
  'no-such-image',
  'nosuchimage',
  'invalid',
  'typo',
  'missing-image',
  'broken-image',
  'bad-image',
  'notfound',
  'not-found',
  'my-gcp-project',
];

/** Looks an image up. */
export function resolveImage(reference: ImageReference): Resolution {
  const known = catalogueImage(reference.repository);
  const missingRepository = known === undefined && hasMissingWord(reference.path);
  const missingTag =
    known === undefined ? hasMissingWord(reference.tag) : reference.tag !== '' && !tagExists(known.tags, reference.tag);
  if (missingRepository && reference.domain === 'docker.io') return 'denied';
  if (missingRepository || missingTag) return 'not-found';
  const small = reference.tag.includes('alpine') || reference.tag.includes('slim');
  const size =
    known === undefined ? unknownSize(reference.repository) : small ? (known.smallSize ?? known.size) : known.size;
  return {
    size,
    digest: reference.digest === '' ? digestOf(reference.canonical) : reference.digest,
    layer: digestOf(`${reference.canonical} layer`),
    root: known !== undefined && known.nonRoot !== true,
  };
}

/** A digest that is always the same for the same name: 256 bits of repeated hashing. */
function digestOf(name: string): string {
  let digest = '';
  let hash = hashName(name);
  for (let i = 0; i < 8; i++) {
    hash = hashName(`${name}#${i}`, hash ^ 0x811c9dc5);
    digest += hash.toString(16).padStart(8, '0');
  }
  return `sha256:${digest}`;
}

const hasMissingWord = (text: string): boolean => MISSING_WORDS.some((word) => text.includes(word));

function unknownSize(repository: string): number {
  return SMALLEST_UNKNOWN + (hashName(repository) % (LARGEST_UNKNOWN - SMALLEST_UNKNOWN));
}
