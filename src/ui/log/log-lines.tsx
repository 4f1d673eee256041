/** The lines of the log's table: a row, or the head of the rows about one thing. */
import { ChevronDown, ChevronRight, PanelTopOpen } from 'lucide-react';
import { memo } from 'react';
import { useUiStore } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import type { LogLine } from './log-groups';
import type { LogRow, Severity } from './log-row';
import { useLogText } from './log-text';
import { shownText } from './shown-text';
import { SourceMark } from './source-mark';

const MOST_SHOWN = 300;

function SeverityCell({ severity }: { severity: Severity }) {
  const text = useLogText();
  return (
    <span role="cell" className="event-type" title={text.severity[severity]}>
      {severity === 'normal' ? null : <span className={`${severity}-mark`} aria-hidden="true" />}
      <span className="visually-hidden">{text.severity[severity]}</span>
    </span>
  );
}

interface PlaceProps {
  /** Among the table's lines. */
  readonly index: number;
  readonly top: number;
}

export const RowLine = memo(function RowLine({
  row,
  index,
  top,
  picked,
  onPick,
}: PlaceProps & { readonly row: LogRow; readonly picked: boolean; readonly onPick: (row: LogRow) => void }) {
  const text = useLogText();
  const store = useUiStore();
  const pick = (): void => {
    if (row.subject !== null) store.getState().select(row.subject);
    onPick(row);
  };
  const object = shownText(row.object, MOST_SHOWN);
  const message = shownText(row.message, MOST_SHOWN);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keyboard has the buttons in the row
    <div
      role="row"
      aria-rowindex={index + 2}
      className="event-row"
      data-source={row.source}
      data-severity={row.severity}
      data-reason={row.reason}
      data-picked={picked}
      style={{ transform: `translateY(${top}px)` }}
      onClick={pick}
    >
      <span role="cell" className="event-time">
        {formatVirtualTime(row.at)}
      </span>
      <SeverityCell severity={row.severity} />
      <span
        role="cell"
        className="event-from"
        title={`${text.source[row.source]} · ${shownText(row.from, MOST_SHOWN)}`}
      >
        <SourceMark source={row.source} />
        <bdi>{shownText(row.from, MOST_SHOWN)}</bdi>
      </span>
      <span role="cell" className="event-reason">
        <bdi>{shownText(row.reason, MOST_SHOWN)}</bdi>
      </span>
      <span role="cell" className="event-object">
        {row.subject === null ? (
          <bdi>{object}</bdi>
        ) : (
          <button type="button" className="subject-link" onClick={pick}>
            <bdi>{object}</bdi>
          </button>
        )}
      </span>
      <span role="cell" className="event-message" title={message}>
        <bdi>{message}</bdi>
      </span>
      <span role="cell" className="event-count">
        {row.count > 1 ? text.times(row.count) : ''}
      </span>
      <span role="cell" className="event-more">
        <button
          type="button"
          className="icon-button"
          aria-label={text.details}
          aria-expanded={picked}
          onClick={(click) => {
            click.stopPropagation();
            onPick(row);
          }}
        >
          <PanelTopOpen size={13} aria-hidden="true" />
        </button>
      </span>
    </div>
  );
});

type GroupLineData = Extract<LogLine, { type: 'group' }>;

export const GroupLine = memo(function GroupLine({
  line: { key, last, size, worst },
  index,
  top,
  open,
  onToggle,
}: PlaceProps & { readonly line: GroupLineData; readonly open: boolean; readonly onToggle: (key: string) => void }) {
  const text = useLogText();
  const Sign = open ? ChevronDown : ChevronRight;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="event-row event-group"
      data-severity={worst}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="event-time">
        {formatVirtualTime(last.at)}
      </span>
      <SeverityCell severity={worst} />
      <span role="cell" className="event-group-head" aria-colspan={3}>
        <button type="button" className="subject-link" aria-expanded={open} onClick={() => onToggle(key)}>
          <Sign size={13} aria-hidden="true" />
          <bdi>{text.groupHead(shownText(last.object, MOST_SHOWN), size)}</bdi>
        </button>
      </span>
      <span role="cell" className="event-message" aria-colspan={3}>
        <bdi>{shownText(`${last.reason} ${last.message}`, MOST_SHOWN)}</bdi>
      </span>
    </div>
  );
});
