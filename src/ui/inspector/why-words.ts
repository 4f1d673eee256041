import { enWhy } from '../text/en-why';
import { useWords } from '../text/text';
import { zhWhy } from '../text/zh-why';

/** The words around the story of causes, which come with the inspector. */
export const useWhyWords = (): typeof enWhy => useWords({ en: enWhy, zh: zhWhy });
