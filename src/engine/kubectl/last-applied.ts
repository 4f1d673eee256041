/** The manifest that an object remembers. @source kubectl/pkg/util/apply.go (GetModifiedConfiguration) */
import { canonicalJson, isJsonObject, type JsonObject } from '#engine/api/json';

/** Where `kubectl apply` keeps the manifest that it applied last. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The value of that annotation for a manifest: compact, sorted, HTML characters escaped, with a final newline. */
export function lastAppliedText(manifest: JsonObject): string {
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  const { [LAST_APPLIED]: _old, ...others } = annotations;
  const text = canonicalJson({ ...manifest, metadata: { ...metadata, annotations: others } });
  return `${text.replace(/[<>&\u2028\u2029]/g, (symbol) => `\\u${symbol.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
