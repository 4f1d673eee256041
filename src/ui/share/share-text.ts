/** The words of sharing, in the language in use. They come with the panels that say them. */
import { useUi } from '../state/store';
import { enShare } from '../text/en-share';
import { zhShare } from '../text/zh-share';

export const useShareText = (): typeof enShare => (useUi((state) => state.language) === 'zh' ? zhShare : enShare);
