/** Puts a command line on the clipboard and says so; a click puts it into the terminal. */
import type { NoticeAction } from '../state/notice-slice';
import type { UiStore } from '../state/store';

const MOST_SHOWN = 120;

export async function copyCommand(store: UiStore, command: string): Promise<void> {
  const ui = store.getState();
  const words = ui.text.command;
  const [line = ''] = command.split('\n', 1);
  const shown = line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
  const action = { label: words.toTerminal, run: () => ui.putInTerminal(command) };
  try {
    await navigator.clipboard.writeText(command);
    ui.notify({ tone: 'info', text: words.copied(shown), action });
  } catch {
    ui.notify({ tone: 'info', text: words.notCopied(shown), action }); // the browser lets no page have the clipboard
  }
}

/** What a notice offers that tells what a hand has done. */
export const offersCommand = (store: UiStore, command: string): NoticeAction => ({
  label: store.getState().text.command.copy,
  run: () => void copyCommand(store, command),
});
