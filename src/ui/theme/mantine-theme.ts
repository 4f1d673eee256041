/** What Mantine needs to know of the look; colours and sizes are in `tokens.css`. */
import { createTheme } from '@mantine/core';

export const mantineTheme = createTheme({
  fontFamily: 'var(--font)',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});
