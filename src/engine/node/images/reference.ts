/**
 * Names of container images: what people write (`nginx`, `redis:6.0.5`, `repo/app@sha256:…`) and what containerd
 * makes of it (`docker.io/library/nginx:latest`).
 *
 * @source distribution/reference normalize.go and regexp.go; kubernetes pkg/util/parsers/parsers.go
 */

export interface ImageReference {
  /** e.g. `docker.io`, `registry.k8s.io`, `localhost:5000`. */
  readonly domain: string;
  /** e.g. `library/nginx`. */
  readonly path: string;
  /** `domain/path`. */
  readonly repository: string;
  /** Empty when the reference names a digest only. */
  readonly tag: string;
  /** `sha256:…` or empty. */
  readonly digest: string;
  /** The whole, normalised: `repository:tag`, `repository@digest` or `repository:tag@digest`. */
  readonly canonical: string;
}

const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const DOMAIN = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?(?::[0-9]{1,5})?$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

const parsed = new Map<string, ImageReference | null>();
const MOST_PARSED = 512;

/** The reference that `image` means, its tag defaulted to `latest`; `null` when its format is invalid. */
export function parseImageReference(image: string): ImageReference | null {
  let reference = parsed.get(image);
  if (reference !== undefined) return reference;
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(image, (reference = parse(image)));
  return reference;
}

function parse(image: string): ImageReference | null {
  if (image.length === 0 || image.length > 512) return null;
  const at = image.indexOf('@');
  const digest = at < 0 ? '' : image.slice(at + 1);
  if (at >= 0 && !DIGEST.test(digest)) return null;
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const name = hasTag ? named.slice(0, colon) : named;
  const writtenTag = hasTag ? named.slice(colon + 1) : '';
  if (hasTag && !TAG.test(writtenTag)) return null;

  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = first !== '' && (first.includes('.') || first.includes(':') || first === 'localhost');
  const writtenDomain = isDomain ? first : 'docker.io';
  const domain = writtenDomain === 'index.docker.io' ? 'docker.io' : writtenDomain;
  const rest = isDomain ? name.slice(slash + 1) : name;
  const path = domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  if (!DOMAIN.test(domain) || !path.split('/').every((part) => PATH_COMPONENT.test(part))) return null;

  const tag = writtenTag === '' && digest === '' ? 'latest' : writtenTag;
  const repository = `${domain}/${path}`;
  const canonical = `${repository}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
  return { domain, path, repository, tag, digest, canonical };
}

/**
 * What `InvalidImageName` says of a name that cannot be parsed.
 *
 * @source kubernetes pkg/kubelet/images/image_manager.go, distribution/reference errors
 */
export function invalidImageNameMessage(image: string): string {
  const cause =
    image !== image.toLowerCase() && parseImageReference(image.toLowerCase()) !== null
      ? `invalid reference format: repository name (${repositoryPart(image)}) must be lowercase`
      : 'invalid reference format';
  return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${cause}`;
}

function repositoryPart(image: string): string {
  const colon = image.lastIndexOf(':');
  const name = colon > image.lastIndexOf('/') ? image.slice(0, colon) : image;
  return name.includes('/') ? name : `library/${name}`;
}
