/** Going to any moment: the handle over the timeline, what says that one looks at the past, and the branches. */
import { History, Rewind, Split } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Micros } from '#engine/kernel/time';
import { SECOND } from '#engine/kernel/time';
import type { TimeRequest, TimeStatus } from '#host/worker/protocol';
import { useShareText } from '../share/share-text';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import type { Chapter } from './chapters';
import { Comparison } from './comparison';
import { ChapterList, ChaptersButton, Stepping, useChapters } from './stepping';
import { useTimeText } from './time-text';
import '../theme/time-travel.css';
import { TrackList } from './track-list';

const ICON = { size: 14, 'aria-hidden': true } as const;
/** A press of an arrow key moves so much. */
const STEP: Micros = SECOND / 2;
const percent = (part: number): string => `${part * 100}%`;

/** Asks for moments; of those that come while one is gone to only the last counts. */
function useTimeRequests(): (request: TimeRequest) => void {
  const { link } = useCommands();
  const store = useUiStore();
  const next = useRef<TimeRequest | null>(null);
  const busy = useRef(false);
  const goOn = async (): Promise<void> => {
    busy.current = true;
    while (next.current !== null) {
      const request = next.current;
      next.current = null;
      try {
        await link.time(request);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        store.getState().notify({ tone: 'problem', text: reason, action: null });
      }
    }
    busy.current = false;
  };
  return (request) => {
    next.current = request;
    if (!busy.current) void goOn();
  };
}

interface ScrubberProps {
  readonly time: TimeStatus;
  readonly span: Micros;
  readonly chapters: readonly Chapter[];
  readonly ask: (request: TimeRequest) => void;
}

function Scrubber({ time, span, chapters, ask }: ScrubberProps) {
  const text = useTimeText();
  const now = useUi((state) => state.mirror.now);
  const end = Math.max(time.end, time.past ? 0 : now);
  const track = time.tracks.find(({ id }) => id === time.track);
  const handle = useRef<HTMLInputElement>(null);
  // While the hand drags, the handle is where the hand is; the engine follows. React would put it back at each step.
  const dragged = useRef(false);
  const asked = useEffectEvent((at: Micros) => ask(at >= end ? { type: 'present' } : { type: 'seek', at }));
  useEffect(() => {
    const input = handle.current;
    if (input === null) return undefined;
    const onInput = (): void => {
      dragged.current = true;
      asked(Math.max(1, Number(input.value)));
    };
    const onChange = (): void => {
      dragged.current = false;
    };
    input.addEventListener('input', onInput);
    input.addEventListener('change', onChange);
    return () => {
      input.removeEventListener('input', onInput);
      input.removeEventListener('change', onChange);
    };
  }, []);
  useEffect(() => {
    if (handle.current !== null && !dragged.current) handle.current.value = String(now);
  }, [now]);
  return (
    <>
      {time.past ? (
        <span className="timeline-later" style={{ left: percent(now / span), width: percent((end - now) / span) }} />
      ) : null}
      {[...new Set(track?.inputs)].map((at) => (
        <span key={at} className="timeline-input" style={{ left: percent(at / span) }} />
      ))}
      {[...new Set(chapters.map(({ at }) => at))].map((at) => (
        <span key={at} className="timeline-chapter" style={{ left: percent(at / span) }} />
      ))}
      <input
        ref={handle}
        type="range"
        className="scrubber"
        aria-label={text.scrubber}
        aria-valuetext={formatVirtualTime(now)}
        title={text.hint}
        min={0}
        max={span}
        step={STEP}
      />
    </>
  );
}

export function TimeTravel({ time, span }: { time: TimeStatus; span: Micros }) {
  const text = useTimeText();
  const store = useUiStore();
  const ask = useTimeRequests();
  const [compared, setCompared] = useState<readonly [number, number] | null>(null);
  const [listed, setListed] = useState(false);
  const chapters = useChapters(time);
  const { past, tracks } = time;
  const name = (id: number): string => tracks.find((track) => track.id === id)?.name ?? '';
  const clock = useUi((state) => formatVirtualTime(state.mirror.now));

  const replayed = useUi((state) => state.host?.replayed);
  const shareText = useShareText();
  const tellReplayed = useEffectEvent((same: boolean) =>
    store.getState().notify({
      tone: same ? 'info' : 'problem',
      text: same ? shareText.replayed : shareText.replayedOtherwise,
      action: null,
    }),
  );
  useEffect(() => {
    if (replayed !== undefined) tellReplayed(replayed);
  }, [replayed]);

  useEffect(() => {
    document.documentElement.dataset['time'] = past ? 'past' : 'present';
    return () => void delete document.documentElement.dataset['time'];
  }, [past]);

  return (
    <>
      <Scrubber time={time} span={span} chapters={chapters} ask={ask} />
      <div className="time-back">
        <ChaptersButton open={listed} onOpen={() => setListed(!listed)} />
        <Stepping ask={ask} />
        <button
          type="button"
          className="toggle-pill"
          aria-label={text.backHint}
          title={text.backHint}
          onClick={() => ask({ type: 'seek', at: Math.max(1, store.getState().mirror.now - 10 * SECOND) })}
        >
          <Rewind {...ICON} />
          {text.back}
        </button>
      </div>
      <div className="time-panels">
        {compared === null ? null : (
          <Comparison
            key={compared.join('/')}
            tracks={compared}
            names={[name(compared[0]), name(compared[1])]}
            onClose={() => setCompared(null)}
            onSeek={(track, at) => ask({ type: 'seek', at, track })}
          />
        )}
        {listed ? <ChapterList chapters={chapters} onGo={(at) => ask({ type: 'seek', at })} /> : null}
        {tracks.length > 1 ? (
          <TrackList
            time={time}
            span={span}
            onGo={(track) => ask({ type: 'present', track })}
            onCompare={(track) => setCompared([time.track, track])}
            onForget={(track) => ask({ type: 'remove', track })}
          />
        ) : null}
        {past ? (
          <div className="time-past" role="status">
            <History {...ICON} />
            <strong>{text.past(clock, name(time.track))}</strong>
            <span className="quiet">{text.readOnly}</span>
            <button type="button" className="toggle-pill" onClick={() => ask({ type: 'present' })}>
              {text.toPresent}
            </button>
            <button
              type="button"
              className="toggle-pill"
              title={text.branchHint}
              onClick={() => ask({ type: 'branch', name: text.branchName(Math.max(...tracks.map(({ id }) => id))) })}
            >
              <Split {...ICON} />
              {text.branch}
            </button>
          </div>
        ) : null}
      </div>
    </>
  );
}
