/** Which Kubarium this is. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENGINE_VERSION } from '#engine/cluster/engine';

/** `kubarium 0.1.0 (kubarium.dev/engine-1)`: of the package.json nearest above this file, and of the engine. */
export function versionText(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('package.json', folder);
    if (existsSync(fileURLToPath(file))) {
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: string };
      return `kubarium ${version ?? 'of no version'} (${ENGINE_VERSION})`;
    }
    if (new URL('..', folder).href === folder.href) return `kubarium (${ENGINE_VERSION})`;
  }
}
