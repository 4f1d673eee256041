/** Where commands of the system stand, and what they are called without it. */
export const SYSTEM_PATHS = ['/bin/', '/usr/bin/', '/sbin/', '/usr/sbin/', '/usr/local/bin/'];

/** `/bin/sleep` → `sleep`. */
export function bareName(name: string): string {
  const directory = SYSTEM_PATHS.find((path) => name.startsWith(path));
  const bare = directory === undefined ? name : name.slice(directory.length);
  return bare.includes('/') ? name : bare;
}
