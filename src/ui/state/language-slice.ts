/** The language of the page and its catalogue. The catalogue of another language is loaded before it is switched to. */
import type { StateCreator } from 'zustand/vanilla';
import { en, type Catalogue } from '../text/en';
import { firstSpoken, isLanguage, loadCatalogue, type Language } from '../text/language';
import { recall, remember } from './remembered';
import type { UiState } from './store';

export interface LanguageSlice {
  /** The language that is spoken; its catalogue is `text`. */
  readonly language: Language;
  readonly text: Catalogue;
  /** Switches as soon as the words are there. Remembered for the next visit. */
  setLanguage(language: Language): Promise<void>;
}

/** What was chosen on an earlier visit, else what the browser asks for. */
export const preferredLanguage = (): Language => recall('language', isLanguage, firstSpoken(navigator.languages));

export const createLanguageSlice: StateCreator<UiState, [], [], LanguageSlice> = (set) => ({
  language: 'en',
  text: en,
  setLanguage: async (language) => {
    const text = await loadCatalogue(language);
    remember('language', language);
    set({ language, text });
  },
});
