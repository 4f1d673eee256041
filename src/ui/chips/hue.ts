/** The colour that an owner has. Pure. */

/** Number of owner colours in the theme; with more owners they begin anew. */
export const HUES = 8;

/** Which of the theme's owner colours an app has; null: it belongs to the system, which is grey. */
export function hueIndex(app: string, number: number | undefined): number | null {
  const [, namespace] = app.split('/');
  return namespace === 'kube-system' || number === undefined ? null : number % HUES;
}

/** CSS class that sets `--owner`. What belongs to the system is grey: it is not what people came to see. */
export const hueClass = (app: string, number: number | undefined): string => `hue-${hueIndex(app, number) ?? 'system'}`;
