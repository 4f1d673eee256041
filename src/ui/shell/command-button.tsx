/** Copies the command line that does the same as what stands beside it, and offers to put it into the terminal. */
import { SquareTerminal } from 'lucide-react';
import { useUiStore } from '../state/store';
import { useText } from '../text/text';
import { useCopyCommand } from './use-copy-command';

interface CommandButtonProps {
  /** Asked when it is pressed. */
  readonly command: () => string;
  /** What the command does, for those who do not see what it stands beside. */
  readonly what: string;
}

export function CommandButton({ command, what }: CommandButtonProps) {
  const text = useText();
  const copy = useCopyCommand(useUiStore());
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={text.command.copyTo(what)}
      title={text.command.copyTo(what)}
      onClick={() => void copy(command())}
    >
      <SquareTerminal size={14} aria-hidden="true" />
    </button>
  );
}
