/** The words of the closer looks, in the language in use. They come with the views that say them. */
import { useUi } from '../state/store';
import { enCloser } from '../text/en-closer';
import { zhCloser } from '../text/zh-closer';

export const useCloserText = (): typeof enCloser => (useUi((state) => state.language) === 'zh' ? zhCloser : enCloser);
