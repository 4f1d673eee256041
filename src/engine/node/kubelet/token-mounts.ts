/** Where the tokens of a pod's service account are mounted, and whether anybody is about to look there. */
import type { Container, Pod } from '#engine/api/types';
import { readsToken } from '../programs/components';

export interface TokenSource {
  readonly volume: string;
  /** In the volume. */
  readonly path: string;
  readonly audience: string;
  /** Seconds. */
  readonly expirationSeconds: number;
}

const DEFAULT_EXPIRATION = 3600;

/** The tokens that a pod's volumes hold. */
export function tokenSources({ spec }: Pod): readonly TokenSource[] {
  return (spec.volumes ?? []).flatMap(({ name, projected }) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) =>
      token === undefined
        ? []
        : [
            {
              volume: name,
              path: token.path,
              audience: token.audience ?? '',
              expirationSeconds: token.expirationSeconds ?? DEFAULT_EXPIRATION,
            },
          ],
    ),
  );
}

export const tokenKey = ({ volume, path }: Pick<TokenSource, 'volume' | 'path'>): string => `${volume}/${path}`;

/** Whether what a container runs, its probes or its hooks name a directory where a token is mounted. */
export function namesToken(pod: Pod, container: Container): boolean {
  const { command, args, livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  if ((command ?? args ?? livenessProbe ?? readinessProbe ?? startupProbe ?? lifecycle) === undefined) return false;
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  const lines = handlers.flatMap((handler) => handler?.exec?.command ?? NONE).concat(command ?? NONE, args ?? NONE);
  if (lines.length === 0) return false;
  const isReader = readsToken(command ?? NONE);
  const sources = tokenSources(pod);
  return (container.volumeMounts ?? []).some(
    ({ name, mountPath }) =>
      sources.some(({ volume }) => volume === name) && (isReader || lines.some((line) => line.includes(mountPath))),
  );
}

const NONE: readonly string[] = [];
