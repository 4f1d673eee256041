/** How English puts words together. */

export const sentences = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null).join(', ');

export const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
