/** Two tracks side by side: where they went apart, and what is different at the end of the shorter one. */
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Happening } from '#engine/cluster/rewind/divergence';
import type { Micros } from '#engine/kernel/time';
import type { Comparison as Compared } from '#host/worker/protocol';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { useTimeText } from './time-text';

interface ComparisonProps {
  readonly tracks: readonly [number, number];
  readonly names: readonly [string, string];
  readonly onClose: () => void;
  readonly onSeek: (track: number, at: Micros) => void;
}

type Pair = readonly [Happening | null, Happening | null];

export function Comparison({ tracks, names, onClose, onSeek }: ComparisonProps) {
  const text = useTimeText();
  const { link } = useCommands();
  const [result, setResult] = useState<Compared | string | null>(null);
  useEffect(() => {
    let wanted = true;
    link.time({ type: 'compare', tracks }).then(
      (compared) => wanted && setResult(compared),
      (error: unknown) => wanted && setResult(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      wanted = false;
    };
  }, [link, tracks]);

  return (
    <section className="comparison" aria-label={text.comparison}>
      <header>
        <h2>{text.comparison}</h2>
        <button type="button" className="icon-button" aria-label={text.close} title={text.close} onClick={onClose}>
          <X size={14} aria-hidden="true" />
        </button>
      </header>
      {result === null ? <p className="quiet">{text.comparing}</p> : null}
      {typeof result === 'string' ? <p className="callout callout-problem">{result}</p> : null}
      {result === null || typeof result === 'string' ? null : <Table compared={result} names={names} onSeek={onSeek} />}
    </section>
  );
}

function Table({ compared, names, onSeek }: Pick<ComparisonProps, 'names' | 'onSeek'> & { compared: Compared }) {
  const text = useTimeText();
  const store = useUiStore();
  const { divergence, differences, at, more, tracks } = compared;
  if (divergence === null && differences.length === 0) return <p>{text.same}</p>;
  const row = (title: string, pair: Pair) => (
    <tr className="comparison-first">
      <th scope="row" colSpan={2}>
        {title}
      </th>
      {pair.map((happening, side) => (
        <td key={tracks[side]}>
          {happening === null ? (
            text.nothingMore
          ) : (
            <button type="button" className="subject-link" onClick={() => onSeek(tracks[side]!, happening.at)}>
              <time>{formatVirtualTime(happening.at)}</time> {happening.text}
            </button>
          )}
        </td>
      ))}
    </tr>
  );
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{text.thing}</th>
          <th scope="col">{text.field}</th>
          <th scope="col">{names[0]}</th>
          <th scope="col">{names[1]}</th>
        </tr>
      </thead>
      <tbody>
        {divergence === null ? null : row(text.firstEvent, divergence.first)}
        {divergence?.commit ? row(text.firstCommit, divergence.commit) : null}
        <tr className="comparison-first">
          <th scope="rowgroup" colSpan={4}>
            {text.stateAt(formatVirtualTime(at))}
          </th>
        </tr>
        {differences.map(({ subject, field, sides }) => (
          <tr key={`${subject.kind}/${subject.namespace}/${subject.name}/${field}`}>
            <th scope="row">
              <button type="button" className="subject-link" onClick={() => store.getState().select(subject)}>
                {subject.kind} {subject.name}
              </button>
            </th>
            <td>{field}</td>
            {sides.map((side, index) => (
              <td key={tracks[index]}>{side === null ? text.absent : side || text.none}</td>
            ))}
          </tr>
        ))}
      </tbody>
      {more === 0 ? null : <caption>{text.more(more)}</caption>}
    </table>
  );
}
