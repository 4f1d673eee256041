/** Pins what is selected, or lets it go. */
import { Pin } from 'lucide-react';
import type { Subject } from '#engine/cluster/records';
import { subjectKey } from '../state/mirror';
import { enPins } from '../text/en-pins';
import { useWords } from '../text/text';
import { zhPins } from '../text/zh-pins';
import { usePins } from './pin-board';

const WORDS = { en: enPins, zh: zhPins };

export function PinButton({ subject }: { subject: Subject }) {
  const words = useWords(WORDS);
  const toggle = usePins((board) => board.toggle);
  const pinned = usePins(({ pins }) => pins.some((pin) => subjectKey(pin) === subjectKey(subject)));
  return (
    <button
      type="button"
      className="icon-button"
      aria-pressed={pinned}
      aria-label={words.keep}
      title={words.keep}
      onClick={() => toggle(subject)}
    >
      <Pin size={14} strokeWidth={2} fill={pinned ? 'currentColor' : 'none'} aria-hidden="true" />
    </button>
  );
}
