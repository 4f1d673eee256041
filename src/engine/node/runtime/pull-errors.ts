/**
 * What containerd says of a pull that failed.
 *
 * @source containerd core/remotes/docker (resolver.go, httpreadseeker.go, errdefs), client/pull.go
 */
import type { ImageReference } from '../images/reference';
import type { CriError } from './cri';

/** The registry knows no such image (404). */
export const imageNotFound = (reference: ImageReference): CriError =>
  unresolved(reference, `${reference.canonical}: not found`, 'NotFound');

/** The registry does not let anybody in without a password, or has no such repository: it does not tell (401). */
export const pullDenied = (reference: ImageReference, serverMessage: string): CriError =>
  unresolved(
    reference,
    `pull access denied, repository does not exist or may require authorization: server message: ${serverMessage}`,
    'Unknown',
  );

/** The manifest could not be asked for. `cause` is Go's, e.g. `dial tcp: i/o timeout`. */
export const manifestUnreachable = (reference: ImageReference, cause: string): CriError => {
  const version = reference.digest === '' ? reference.tag : reference.digest;
  return unresolved(
    reference,
    `failed to do request: Head "${baseUrl(reference)}/manifests/${version}": ${cause}`,
    'Unknown',
  );
};

/** A layer could not be fetched. */
export const layerUnreachable = (reference: ImageReference, digest: string, cause: string): CriError => ({
  code: 'Unknown',
  message: `failed to pull and unpack image "${reference.canonical}": failed to copy: httpReadSeeker: failed open: failed to do request: Get "${baseUrl(reference)}/blobs/${digest}": ${cause}`,
});

/** There is no room for a layer. */
export const noSpaceForLayer = (reference: ImageReference, digest: string): CriError => ({
  code: 'Unknown',
  message: `failed to pull and unpack image "${reference.canonical}": failed to extract layer ${digest}: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/etc/passwd: no space left on device: unknown`,
});

const unresolved = (reference: ImageReference, cause: string, code: CriError['code']): CriError => ({
  code,
  message: `failed to pull and unpack image "${reference.canonical}": failed to resolve reference "${reference.canonical}": ${cause}`,
});

/** The name of the registry's machine. */
export const hostOf = ({ domain }: ImageReference): string =>
  domain === 'docker.io' ? 'registry-1.docker.io' : domain;

const baseUrl = (reference: ImageReference): string => `https://${hostOf(reference)}/v2/${reference.path}`;
