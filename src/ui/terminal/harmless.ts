/** What programs print, without what could harm a terminal. */

/**
 * Control sequences that only colour text, move the cursor or erase. All others (titles, clipboards, other screens, questions
 * that the terminal would answer as if somebody typed) are shown instead of obeyed, as are other control characters.
 */
// oxlint-disable-next-line no-control-regex -- it is about control characters
const CONTROL = /\u001B\[[0-9;]{0,40}[mABCDGHJK]|\u001B|[\u0000-\u0007\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;

export const harmless = (text: string): string =>
  text.replace(CONTROL, (found) => {
    if (found === '\u001B') return '^[';
    return found.length > 1 ? found : '';
  });
