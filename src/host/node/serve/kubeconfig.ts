/**
 * The kubeconfig of a served cluster, put among what a file holds already, as `kind` does it: cluster, user and context of
 * one name, and that context chosen.
 */
import { parse, stringify } from 'yaml';
import type { Certificates } from './certificates';

export const NAME = 'kubarium';

interface Named {
  readonly name?: unknown;
}

/**
 * The file's new text. `existing` is null when there is none.
 *
 * @throws Error when what exists is no kubeconfig
 */
export function kubeconfigText(existing: string | null, server: string, certificates: Certificates): string {
  const { clusters, users, contexts, ...others } = existing === null || existing.trim() === '' ? {} : read(existing);
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  const merged = {
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    ...others,
    clusters: put(clusters, {
      name: NAME,
      cluster: { 'certificate-authority-data': base64(certificates.authority), server },
    }),
    contexts: put(contexts, { name: NAME, context: { cluster: NAME, user: NAME } }),
    'current-context': NAME,
    users: put(users, {
      name: NAME,
      user: {
        'client-certificate-data': base64(certificates.admin.certificate),
        'client-key-data': base64(certificates.admin.key),
      },
    }),
  };
  return stringify(merged, { sortMapEntries: true, lineWidth: 0 });
}

/** A list with an entry in the place of one of the same name, or at its end. */
function put(list: unknown, entry: { readonly name: string } & Readonly<Record<string, unknown>>): unknown[] {
  const others = Array.isArray(list) ? (list as Named[]).filter(({ name }) => name !== entry.name) : [];
  return [...others, entry];
}

function read(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new Error('it is there and is no YAML');
  }
  const { kind } = (value ?? {}) as { readonly kind?: unknown };
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    (kind !== undefined && kind !== 'Config')
  ) {
    throw new Error('it is there and is no kubeconfig');
  }
  return value as Record<string, unknown>;
}
