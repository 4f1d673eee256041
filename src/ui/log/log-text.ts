/** The words of the event log, in the language in use. They come with the log. */
import { useUi } from '../state/store';
import { enLog, type LogText } from '../text/en-log';
import { zhLog } from '../text/zh-log';

export const useLogText = (): LogText => (useUi((state) => state.language) === 'zh' ? zhLog : enLog);
