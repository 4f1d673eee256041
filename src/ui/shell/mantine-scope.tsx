/** Gives Mantine's components the page's theme. Only parts that are loaded when they are needed use them, each in its own scope. */
import { createTheme, MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useUi } from '../state/store';
import { schemeOf } from '../state/view-slice';

/** What Mantine needs to know of the look; colours and sizes are in `tokens.css`. */
const theme = createTheme({
  fontFamily: 'var(--font)',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

export function MantineScope({ children }: { children: ReactNode }) {
  const scheme = useUi((state) => schemeOf(state.theme));
  return (
    <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false}>
      {children}
    </MantineProvider>
  );
}
