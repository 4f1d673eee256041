/** The languages of the page: which one is chosen first, and where its words come from. English is there at once, the others come late. */
import { en, type Catalogue } from './en';

export type Language = 'en' | 'zh';

/** What `lang` of the document says. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

export const isLanguage = (value: unknown): value is Language => value === 'en' || value === 'zh';

/** The first of a browser's languages that the page speaks, else English. Any Chinese is given the simplified one. */
export function firstSpoken(tags: readonly string[]): Language {
  for (const tag of tags) {
    const [language] = tag.toLowerCase().split('-', 1);
    if (isLanguage(language)) return language;
  }
  return 'en';
}

export async function loadCatalogue(language: Language): Promise<Catalogue> {
  return language === 'zh' ? (await import('./zh')).zh : en;
}
