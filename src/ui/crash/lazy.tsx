/**
 * Parts of the page that are loaded when they are drawn for the first time. React's own `lazy` remembers for ever that a part could not be
 * loaded; these are loaded anew when somebody tries again (the network was lost, and is back).
 */
import { createElement, lazy as reactLazy, type ComponentType } from 'react';

const failed = new Set<() => void>();

/** From now on whatever could not be loaded is loaded anew when it is drawn. */
export function forgetFailures(): void {
  for (const beginAnew of failed) beginAnew();
  failed.clear();
}

/** @param load - imports the part; a rejection is thrown where it is drawn */
export function lazy<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  const loader = (): ComponentType<Props> =>
    reactLazy(() =>
      load().catch((error: unknown) => {
        failed.add(() => {
          held.part = loader();
        });
        throw error;
      }),
    );
  const held = { part: loader() };
  return (props: Props) => createElement(held.part, props);
}
