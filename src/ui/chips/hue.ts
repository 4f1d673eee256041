/** The colour that an owner has. Pure. */

/** Number of owner colours in the theme; with more owners they begin anew. */
export const HUES = 8;

/** CSS class that sets `--owner`. What belongs to the system is grey: it is not what people came to see. */
export function hueClass(app: string, number: number | undefined): string {
  const [, namespace] = app.split('/');
  if (namespace === 'kube-system' || number === undefined) return 'hue-system';
  return `hue-${number % HUES}`;
}
