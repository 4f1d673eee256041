/** Copies the command line that does the same as what stands beside it, and offers to put it into the terminal. */
import { SquareTerminal } from 'lucide-react';
import { useUiStore } from '../state/store';
import { useText } from '../text/text';
import { copyCommand } from './copy-command';

interface CommandButtonProps {
  /** The command line as it would be now. */
  readonly command: () => string;
}

export function CommandButton({ command }: CommandButtonProps) {
  const text = useText();
  const store = useUiStore();
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={text.command.copy}
      title={command().split('\n', 1)[0]}
      onClick={() => void copyCommand(store, command())}
    >
      <SquareTerminal size={14} aria-hidden="true" />
    </button>
  );
}
