/** How an image's name says whether to pull it. @source kubernetes pkg/util/parsers/parsers.go, pkg/apis/core/v1/defaults.go */

export interface ImageReference {
  /** Registry and repository, e.g. `url:5000/repo`. */
  readonly name: string;
  /** `latest` when neither tag nor digest is given; empty with a digest only. */
  readonly tag: string;
  readonly digest: string;
}

/** Splits an image's name. A colon after the last slash begins the tag; an `@` the digest. */
export function parseImage(image: string): ImageReference {
  const at = image.indexOf('@');
  const digest = at < 0 ? '' : image.slice(at + 1);
  const rest = at < 0 ? image : image.slice(0, at);
  const colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
  const name = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? '' : rest.slice(colon + 1);
  return { name, tag: tag === '' && digest === '' ? 'latest' : tag, digest };
}

/** Always for the tag `latest` (also when no tag is given), IfNotPresent for everything else. */
export const imagePullPolicyFor = (image: string): 'Always' | 'IfNotPresent' =>
  parseImage(image).tag === 'latest' ? 'Always' : 'IfNotPresent';
