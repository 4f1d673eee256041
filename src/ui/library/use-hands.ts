/** The hands of a component: store, commands and the library's words. */
import { useMemo } from 'react';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { enLibrary } from '../text/en-library';
import { useWords } from '../text/text';
import { zhLibrary } from '../text/zh-library';
import type { Hands } from './actions';

const WORDS = { en: enLibrary, zh: zhLibrary };

export function useHands(): Hands {
  const store = useUiStore();
  const commands = useCommands();
  const words = useWords(WORDS);
  return useMemo(() => ({ store, commands, words }), [store, commands, words]);
}
