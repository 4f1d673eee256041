/** The ways in which the run went, one line each over the time axis. */
import { GitCompare, Trash2 } from 'lucide-react';
import type { Micros } from '#engine/kernel/time';
import type { TimeStatus } from '#host/worker/protocol';
import { useUi } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { useTimeText } from './time-text';

interface TrackListProps {
  readonly time: TimeStatus;
  readonly span: Micros;
  readonly onGo: (track: number) => void;
  readonly onCompare: (track: number) => void;
  readonly onForget: (track: number) => void;
}

const ICON = { size: 14, 'aria-hidden': true } as const;
const percent = (part: number): string => `${Math.min(1, part) * 100}%`;

export function TrackList({ time, span, onGo, onCompare, onForget }: TrackListProps) {
  const text = useTimeText();
  const now = useUi((state) => state.mirror.now);
  return (
    <ul className="tracks" aria-label={text.tracks}>
      {time.tracks.map((track) => {
        const isCurrent = track.id === time.track;
        const end = isCurrent && !time.past ? now : track.end;
        return (
          <li key={track.id} aria-current={isCurrent}>
            <button
              type="button"
              className="track-name"
              aria-label={text.goTo(track.name)}
              title={text.trackSpan(track, formatVirtualTime(track.from), formatVirtualTime(end))}
              onClick={() => onGo(track.id)}
            >
              {track.name}
            </button>
            <span className="track-line">
              <span
                className="track-bar"
                style={{ left: percent(track.from / span), width: percent((end - track.from) / span) }}
              />
            </span>
            {isCurrent ? null : (
              <>
                <button
                  type="button"
                  className="icon-button"
                  aria-label={text.compare(track.name)}
                  title={text.compare(track.name)}
                  onClick={() => onCompare(track.id)}
                >
                  <GitCompare {...ICON} />
                </button>
                {track.parent === null ? null : (
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={text.forget(track.name)}
                    title={text.forget(track.name)}
                    onClick={() => onForget(track.id)}
                  >
                    <Trash2 {...ICON} />
                  </button>
                )}
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
