/**
 * Parts of the page that are loaded when they are drawn for the first time. React's own `lazy` remembers for ever that a part could not be
 * loaded, and Chromium that a module could not: these are loaded anew when somebody tries again (the network was lost, and is back), under
 * an address that the browser has not failed at.
 */
import { createElement, lazy as reactLazy, type ComponentType } from 'react';

const failed = new Set<() => void>();

/** From now on whatever could not be loaded is loaded anew when it is drawn. */
export function forgetFailures(): void {
  for (const beginAnew of failed) beginAnew();
  failed.clear();
}

/** The module that an import has failed at, as browsers name it; null: it is not named. */
const addressIn = (error: unknown): string | null =>
  error instanceof TypeError ? (/https?:\/\/[^\s?]+/.exec(error.message)?.[0] ?? null) : null;

/**
 * @param load - imports a module; a rejection is thrown where the part is drawn
 * @param partOf - what of the module is drawn
 */
export function lazy<Module, Props extends object>(
  load: () => Promise<Module>,
  partOf: (module: Module) => ComponentType<Props>,
): ComponentType<Props> {
  let address: string | null = null;
  let failures = 0;
  const loader = (): ComponentType<Props> =>
    reactLazy(async () => {
      try {
        const loading =
          address === null ? load() : (import(/* @vite-ignore */ `${address}?again=${failures}`) as Promise<Module>);
        return { default: partOf(await loading) };
      } catch (error) {
        address = addressIn(error);
        failures++;
        failed.add(() => {
          held.part = loader();
        });
        throw error;
      }
    });
  const held = { part: loader() };
  return (props: Props) => createElement(held.part, props);
}
