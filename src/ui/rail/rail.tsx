/** The rail at the left: what one can bring onto the stage. */
import { FileCode2, LibraryBig, Search, Server, ServerCog, SquareTerminal } from 'lucide-react';
import { LawsButton } from '../laws/laws-button';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';

const ICON = { size: 20, strokeWidth: 1.7, 'aria-hidden': true } as const;

export function Rail() {
  const text = useText();
  const store = useUiStore();
  const commands = useCommands();
  const open = useUi((state) => state.editorOpen);
  const libraryOpen = useUi((state) => state.libraryOpen);
  const terminalOpen = useUi((state) => state.terminalOpen);
  return (
    <nav className="rail" aria-label={text.rail.name}>
      <button
        type="button"
        aria-expanded={libraryOpen}
        aria-label={text.rail.library}
        title={text.rail.library}
        onClick={() => store.getState().setLibraryOpen(!libraryOpen)}
      >
        <LibraryBig {...ICON} />
        <span aria-hidden="true">{text.rail.libraryShort}</span>
      </button>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={text.rail.palette}
        title={text.rail.palette}
        onClick={() => store.getState().setPalette({ fault: null })}
      >
        <Search {...ICON} />
        <span aria-hidden="true">{text.rail.paletteShort}</span>
      </button>
      <button
        type="button"
        aria-expanded={open}
        aria-label={text.rail.apply}
        title={text.rail.apply}
        onClick={() => store.getState().setEditorOpen(!open)}
      >
        <FileCode2 {...ICON} />
        <span aria-hidden="true">{text.rail.applyShort}</span>
      </button>
      <button
        type="button"
        aria-expanded={terminalOpen}
        aria-label={text.rail.terminal}
        title={text.rail.terminalHint}
        onClick={() => store.getState().setTerminalOpen(!terminalOpen)}
      >
        <SquareTerminal {...ICON} />
        <span aria-hidden="true">{text.rail.terminalShort}</span>
      </button>
      <button
        type="button"
        aria-label={text.rail.addWorker}
        title={text.rail.addWorker}
        onClick={() => commands.addMachine()}
      >
        <Server {...ICON} />
        <span aria-hidden="true">{text.rail.addWorkerShort}</span>
      </button>
      <button
        type="button"
        aria-label={text.rail.addControlPlane}
        title={text.rail.addControlPlane}
        onClick={() => commands.addControlPlane()}
      >
        <ServerCog {...ICON} />
        <span aria-hidden="true">{text.rail.addControlPlaneShort}</span>
      </button>
      <LawsButton />
    </nav>
  );
}
