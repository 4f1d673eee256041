/** What an image of the catalogue is: how large, which tags, what it starts, and which binaries it has. */
import type { TagRule } from '../images/tag-rules';
import type { ContainerConfig } from '../runtime/cri';
import type { ServiceProgram } from './program';

export interface CatalogueImage {
  /** Canonical repository, e.g. `docker.io/library/nginx`. */
  readonly repository: string;
  /** Other names of the same. */
  readonly aliases?: readonly string[];
  /** `null`: any tag exists. */
  readonly tags: TagRule | null;
  /** Compressed bytes that a pull moves. */
  readonly size: number;
  /** The same for tags that name Alpine or `slim`. */
  readonly smallSize?: number;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** Services by the name of their binary. */
  readonly binaries: Readonly<Record<string, ServiceProgram>>;
  /** What the arguments, its name first, make of a service in this container. */
  readonly configured?: (program: ServiceProgram, config: ContainerConfig, argv: readonly string[]) => ServiceProgram;
  /** Which shell and small tools the image has; `none`: only `binaries`. */
  readonly shell: 'busybox' | 'debian' | 'none';
  /** Small commands of the image that succeed at once while its service runs, e.g. `redis-cli`, and what they print. */
  readonly tools?: Readonly<Record<string, string>>;
  /** Environment that must be set (one of them), or the entry point gives up with this log and code 1. */
  readonly needs?: { readonly oneOf: readonly string[]; readonly log: string };
  /** The image runs as root (`runAsNonRoot` then refuses it). */
  readonly nonRoot?: boolean;
}
