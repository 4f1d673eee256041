/** The parameters of an address, as requests carry them. */

export interface Parameters {
  readonly query: Readonly<Record<string, string>>;
  /** Those that stand there more than once: all their values. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
}

/** @param text - what stands behind `?` */
export function parametersOf(text: string): Parameters {
  const values = new Map<string, string[]>();
  for (const one of text.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = one.split('=', 2).map(decoded);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return {
    query: Object.fromEntries([...values].map(([name, [first = '']]) => [name, first])),
    repeated: Object.fromEntries([...values].filter(([, all]) => all.length > 1)),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // what is no escape stands for itself
  }
}
