/** What a window onto the laptop's shell needs to know of it while a line is typed. */
import { commonStart, complete, type Knowledge } from '#engine/kubectl/terminal/completion';
import { parseLine } from '#engine/kubectl/terminal/parse';

export { commonStart, complete, type Knowledge };

/** Whether more lines must come: a quote is open, a here-document, a backslash at the end. */
export const isIncomplete = (text: string): boolean => parseLine(text, {}).type === 'incomplete';
