/** Steps of one event, one write or one reconcile, on and back; and the chapters of the run, to go to. */
import { BookOpen, StepBack, StepForward } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Micros } from '#engine/kernel/time';
import type { StepUnit, TimeRequest, TimeStatus } from '#host/worker/protocol';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { type Chapter, chaptersOf } from './chapters';
import { useTimeText } from './time-text';

const ICON = { size: 14, 'aria-hidden': true } as const;
const UNITS: readonly StepUnit[] = ['event', 'write', 'reconcile'];

interface Chapters {
  readonly version: number;
  readonly chapters: readonly Chapter[];
}

/** The chapters of the track, read again whenever something is done on it. */
export function useChapters({ version }: TimeStatus): readonly Chapter[] {
  const { link } = useCommands();
  const [read, setRead] = useState<Chapters>({ version: -1, chapters: [] });
  useEffect(() => {
    const take = async (): Promise<void> => {
      const chapters = chaptersOf(await link.look({ type: 'inputs', from: 0 }));
      setRead((before) => (before.version > version ? before : { version, chapters }));
    };
    take().catch(() => undefined); // The engine has broken, and says so itself.
  }, [link, version]);
  return read.chapters;
}

export function Stepping({ ask }: { ask: (request: TimeRequest) => void }) {
  const text = useTimeText();
  const store = useUiStore();
  const { link } = useCommands();
  const [unit, setUnit] = useState<StepUnit>('reconcile');
  const onward = async (): Promise<void> => {
    try {
      const met = await link.step(unit);
      store.getState().notify({ tone: 'info', text: met?.text ?? text.nothingToStep, action: null });
      if (met?.subject) store.getState().select(met.subject);
    } catch (error) {
      store.getState().notify({ tone: 'problem', text: String(error), action: null });
    }
  };
  return (
    <span className="stepping" role="group" aria-label={text.steps}>
      <button
        type="button"
        className="toggle-pill"
        aria-label={text.stepBack}
        title={text.stepBackHint}
        onClick={() => ask({ type: 'back', unit })}
      >
        <StepBack {...ICON} />
      </button>
      <select
        aria-label={text.stepUnit}
        value={unit}
        onChange={({ target }) => setUnit(UNITS.find((one) => one === target.value) ?? unit)}
      >
        {UNITS.map((one) => (
          <option key={one} value={one}>
            {text.stepUnits[one]}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="toggle-pill"
        aria-label={text.stepOn}
        title={text.stepOnHint}
        onClick={() => void onward()}
      >
        <StepForward {...ICON} />
      </button>
    </span>
  );
}

/** @param onOpen - shows the list, or hides it */
export function ChaptersButton({ open, onOpen }: { open: boolean; onOpen: () => void }) {
  const text = useTimeText();
  return (
    <button
      type="button"
      className="toggle-pill"
      aria-label={text.chapters}
      aria-expanded={open}
      title={text.chaptersHint}
      onClick={onOpen}
    >
      <BookOpen {...ICON} />
    </button>
  );
}

/** The moment before each chapter, to go to. */
export function ChapterList({ chapters, onGo }: { chapters: readonly Chapter[]; onGo: (at: Micros) => void }) {
  const text = useTimeText();
  return (
    <ol className="tracks chapters" aria-label={text.chapters}>
      {[{ at: 2, text: text.chapterStart }, ...chapters].map((chapter) => (
        <li key={`${chapter.at} ${chapter.text}`}>
          <button type="button" className="chapter" onClick={() => onGo(chapter.at - 1)}>
            <span className="chapter-clock">{formatVirtualTime(chapter.at)}</span>
            {chapter.text}
          </button>
        </li>
      ))}
    </ol>
  );
}
