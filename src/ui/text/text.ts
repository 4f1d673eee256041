/** Hands the text catalogue to components. No component holds words of its own. */
import { createContext, useContext } from 'react';
import { useUi } from '../state/store';
import { en, type Catalogue } from './en';
import type { Language } from './language';

export const TextContext = createContext<Catalogue>(en);

/** The words of a part that is loaded when it is needed, in the language in use: the part brings them in every language. */
export const useWords = <Words>(words: Readonly<Record<Language, Words>>): Words =>
  words[useUi((state) => state.language)];

/** The catalogue of the language in use. */
export const useText = (): Catalogue => useContext(TextContext);
