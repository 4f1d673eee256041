/**
 * What the world's registries answer: does an image exist, how large is it, what is its digest. Catalogue
 * repositories follow their tag rule; every other well-formed name exists, with a size drawn from its name, unless the
 * name itself says that it should not.
 */
import { hashName } from '#engine/kernel/random';
import { catalogueImage } from '../programs/catalogue';
import type { CriError } from '../runtime/cri';
import { tagExists } from './tag-rules';
import type { ImageReference } from './reference';

export interface ResolvedImage {
  /** Bytes that a pull moves. */
  readonly size: number;
  /** `repository@sha256:…`. */
  readonly id: string;
}

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
];

/** Asks the registry for `reference`. */
export function resolveImage(reference: ImageReference): ResolvedImage | CriError {
  const known = catalogueImage(reference.repository);
  const missingRepository = known === undefined && hasMissingWord(reference.path);
  const missingTag =
    known === undefined ? hasMissingWord(reference.tag) : reference.tag !== '' && !tagExists(known.tags, reference.tag);
  if (missingRepository && reference.domain === 'docker.io') {
    return unresolved(
      reference,
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'Unknown',
    );
  }
  if (missingRepository || missingTag) return unresolved(reference, `${reference.canonical}: not found`, 'NotFound');
  const small = reference.tag.includes('alpine') || reference.tag.includes('slim');
  const size =
    known === undefined ? unknownSize(reference.repository) : small ? (known.smallSize ?? known.size) : known.size;
  return {
    size,
    id: `${reference.repository}@${reference.digest === '' ? digestOf(reference.canonical) : reference.digest}`,
  };
}

/** What a pull says while the registry does not answer. */
export function registryDown(reference: ImageReference): CriError {
  const host = reference.domain === 'docker.io' ? 'registry-1.docker.io' : reference.domain;
  const version = reference.digest === '' ? reference.tag : reference.digest;
  return unresolved(
    reference,
    `failed to do request: Head "https://${host}/v2/${reference.path}/manifests/${version}": dial tcp: i/o timeout`,
    'Unknown',
  );
}

/** A digest that is always the same for the same name: 256 bits of repeated hashing. */
export function digestOf(name: string): string {
  let digest = '';
  let hash = hashName(name);
  for (let i = 0; i < 8; i++) {
    hash = hashName(`${name}#${i}`, hash ^ 0x811c9dc5);
    digest += hash.toString(16).padStart(8, '0');
  }
  return `sha256:${digest}`;
}

const unresolved = (reference: ImageReference, cause: string, code: CriError['code']): CriError => ({
  code,
  message: `failed to pull and unpack image "${reference.canonical}": failed to resolve reference "${reference.canonical}": ${cause}`,
});

const hasMissingWord = (text: string): boolean => MISSING_WORDS.some((word) => text.includes(word));

function unknownSize(repository: string): number {
  return SMALLEST_UNKNOWN + (hashName(repository) % (LARGEST_UNKNOWN - SMALLEST_UNKNOWN));
}
