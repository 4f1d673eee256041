/** The run so far as a strip: how much happened when, and what was done to it. */
import { memo, Suspense, useMemo } from 'react';
import { lazy } from '../crash/lazy';
import { useUi, type UiState } from '../state/store';
import { formatAxisTime } from '../text/virtual-time';
import { useText } from '../text/text';
import { placeMarkers, timelineBars, timelineSpan, timelineTicks } from './timeline-scale';

/** Comes with the engine's late code. */
const TimeTravel = lazy(
  () => import('./time-travel'),
  ({ TimeTravel }) => TimeTravel,
);

/** The run so far, also the part of it that lies ahead of the moment that is looked at. */
const spanOf = ({ mirror, host }: UiState): number => timelineSpan(Math.max(mirror.now, host?.time?.end ?? 0));

const WIDTH = 1000;
const HEIGHT = 26;

const percent = (part: number): string => `${part * 100}%`;

const Density = memo(function Density() {
  const activity = useUi((state) => state.mirror.activity.buckets);
  const bucketWidth = useUi((state) => state.mirror.activity.bucketWidth);
  const span = useUi(spanOf);
  const path = useMemo(() => {
    const bars = timelineBars({ buckets: activity, bucketWidth, recentWrites: [], recentRenewals: [] }, span);
    return bars
      .map(({ from, width, height }) => {
        const inner = Math.max(0.8, width * WIDTH * 0.72);
        return `M${(from * WIDTH).toFixed(2)} ${HEIGHT}v${(-height * HEIGHT).toFixed(2)}h${inner.toFixed(2)}V${HEIGHT}z`;
      })
      .join('');
  }, [activity, bucketWidth, span]);
  return (
    <svg className="density" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
});

const Axis = memo(function Axis() {
  const text = useText();
  const span = useUi(spanOf);
  const markers = useUi((state) => state.mirror.markers);
  const placed = useMemo(() => placeMarkers(markers, span), [markers, span]);
  return (
    <>
      {timelineTicks(span).map((at) => (
        <span key={at} className="tick" style={{ left: percent(at / span) }}>
          {formatAxisTime(at)}
        </span>
      ))}
      <ul aria-label={text.timeline.markers}>
        {placed.map(({ marker, at, room }) => (
          <li
            key={marker.id}
            className="marker"
            data-what={marker.what}
            title={text.timeline.marker(marker)}
            style={{ left: percent(at), width: percent(room) }}
          >
            <span className={room > 0 ? 'marker-label' : 'visually-hidden'}>{text.timeline.marker(marker)}</span>
          </li>
        ))}
      </ul>
    </>
  );
});

export function Timeline() {
  const text = useText();
  const now = useUi((state) => Math.round((state.mirror.now / spanOf(state)) * 2000) / 2000);
  const span = useUi(spanOf);
  const time = useUi((state) => state.host?.time);
  return (
    <footer className="timeline" aria-label={text.timeline.name}>
      <div className="timeline-track">
        <Density />
        <Axis />
        <span className="timeline-now" style={{ left: percent(now) }}>
          <span className="visually-hidden">{text.timeline.now}</span>
        </span>
        {time === undefined ? null : (
          <Suspense fallback={null}>
            <TimeTravel time={time} span={span} />
          </Suspense>
        )}
      </div>
    </footer>
  );
}
