/** Hands the text catalogue to components. No component holds words of its own. */
import { createContext, useContext } from 'react';
import { en, type Catalogue } from './en';

export const TextContext = createContext<Catalogue>(en);

/** The catalogue of the language in use. */
export const useText = (): Catalogue => useContext(TextContext);
