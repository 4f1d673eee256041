/** The words of the past, in the language in use. They come with the panels that say them. */
import { useUi } from '../state/store';
import { enTime } from '../text/en-time';
import { zhTime } from '../text/zh-time';

export const useTimeText = (): typeof enTime => (useUi((state) => state.language) === 'zh' ? zhTime : enTime);
