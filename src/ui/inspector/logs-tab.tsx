/** What a pod's containers have written, as it lies on the machine's disk: a container, words to look for, following on. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ContainerLines } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import { shownText } from '../log/shown-text';
import { useRowsInView } from '../log/use-rows-in-view';
import { CommandButton } from '../shell/command-button';
import { useCommands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import type { UiState } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import '../theme/closer.css';
import { useCloserText } from './closer-text';
import { useLive } from './use-live';

const ROW_HEIGHT = 18;
const MOST_SHOWN = 600;

/** Another value whenever virtual time has gone on: lines come without anything else that tells of them. */
const watchClock = (state: UiState): number => state.mirror.now;

function Lines({ shown, follow }: { shown: ContainerLines['lines']; follow: boolean }) {
  const text = useCloserText();
  const scroller = useRef<HTMLDivElement>(null);
  const { from, to } = useRowsInView(scroller, ROW_HEIGHT, shown.length);
  useEffect(() => {
    if (follow && scroller.current) scroller.current.scrollTop = shown.length * ROW_HEIGHT;
  }, [follow, shown]);
  return (
    <div ref={scroller} className="container-lines" role="log" aria-label={text.lines} aria-live="off" tabIndex={0}>
      <div className="container-canvas" style={{ height: shown.length * ROW_HEIGHT }}>
        {shown.slice(from, to).map(({ at, stream, text: line }, place) => (
          <div
            key={from + place}
            className="container-line"
            data-stream={stream}
            style={{ transform: `translateY(${(from + place) * ROW_HEIGHT}px)` }}
          >
            <time className="quiet">{formatVirtualTime(at)}</time> <bdi>{shownText(line, MOST_SHOWN)}</bdi>
          </div>
        ))}
      </div>
    </div>
  );
}

export function LogsTab({ subject }: { subject: Subject }) {
  const text = useCloserText();
  const { link } = useCommands();
  const [container, setContainer] = useState<string | null>(null);
  const [wanted, setWanted] = useState('');
  const [follow, setFollow] = useState(true);
  const { kind, namespace, name } = subject;
  const ask = useCallback(
    () => link.look({ type: 'container-lines', subject: { kind, namespace, name }, container }),
    [link, kind, namespace, name, container],
  );
  const [live] = useLive(ask, watchClock);
  if (live.state === 'waiting') return <p className="quiet">{text.asking}</p>;
  if (live.state === 'failed') return <p className="callout callout-problem">{live.message}</p>;
  if (live.value === null) return <p className="quiet">{text.noMachine}</p>;
  const { lines, containers, container: shownContainer, more, attempt } = live.value;
  const words = wanted.trim().toLowerCase();
  const shown = words === '' ? lines : lines.filter((line) => line.text.toLowerCase().includes(words));
  return (
    <div className="logs-tab">
      <div className="logs-bar" role="search">
        <select
          aria-label={text.container}
          value={shownContainer}
          onChange={(event) => setContainer(event.currentTarget.value)}
        >
          {containers.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <input
          type="search"
          aria-label={text.searchLines}
          placeholder={text.searchLines}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <button type="button" className="toggle-pill" aria-pressed={follow} onClick={() => setFollow(!follow)}>
          {text.follow}
        </button>
        <CommandButton command={() => kubectl.logs(subject, shownContainer, follow)} />
      </div>
      <p className="quiet">
        {[text.matches(shown.length, lines.length), text.restarted(attempt), more ? text.older : '']
          .filter((part) => part !== '')
          .join(' · ')}
      </p>
      {shown.length === 0 ? (
        <p className="quiet">{lines.length === 0 ? text.noLines : text.noneMatch}</p>
      ) : (
        <Lines shown={shown} follow={follow} />
      )}
    </div>
  );
}
