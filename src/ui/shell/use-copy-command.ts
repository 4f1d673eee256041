/** Puts a command line on the clipboard and says so; a click puts it into the terminal. */
import type { UiStore } from '../state/store';
import { useText } from '../text/text';

const MOST_SHOWN = 120;

export function useCopyCommand(store: UiStore): (command: string) => Promise<void> {
  const text = useText();
  return async (command) => {
    const ui = store.getState();
    const [line = ''] = command.split('\n', 1);
    const shown = line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
    const action = { label: text.command.toTerminal, run: () => ui.putInTerminal(command) };
    try {
      await navigator.clipboard.writeText(command);
      ui.notify({ tone: 'info', text: text.command.copied(shown), action });
    } catch {
      ui.notify({ tone: 'info', text: text.command.notCopied(shown), action }); // the browser lets no page have the clipboard
    }
  };
}
