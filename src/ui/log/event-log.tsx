/** Kubernetes Events in one virtualised table. A row selects the thing that it is about. */
import { ArrowDownWideNarrow, ArrowUpNarrowWide } from 'lucide-react';
import { memo, useEffect, useMemo, useRef } from 'react';
import type { EventRecord } from '#engine/cluster/records';
import { PanelSplitter } from '../shell/panel-splitter';
import { useUi, useUiStore } from '../state/store';
import { formatVirtualTime } from '../text/virtual-time';
import { useText } from '../text/text';
import { eventObject, filterEvents } from './filter-events';
import { LogFilters } from './log-filters';
import { useRowsInView } from './use-rows-in-view';

const ROW_HEIGHT = 25;
const AT_EDGE_PX = ROW_HEIGHT;

interface EventRowProps {
  readonly event: EventRecord;
  readonly index: number;
  readonly top: number;
}

const EventRow = memo(function EventRow({ event, index, top }: EventRowProps) {
  const text = useText();
  const store = useUiStore();
  const select = (): void => store.getState().select(event.regarding);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keyboard has the button in the row
    <div
      role="row"
      aria-rowindex={index + 2}
      className="event-row"
      data-type={event.type}
      data-reason={event.reason}
      style={{ transform: `translateY(${top}px)` }}
      onClick={select}
    >
      <span role="cell" className="event-time">
        {formatVirtualTime(event.lastSeen)}
      </span>
      <span role="cell" className="event-type">
        {event.type === 'Warning' ? <span className="warning-mark" aria-hidden="true" /> : null}
        {text.log.type[event.type]}
      </span>
      <span role="cell" className="event-reason">
        {event.reason}
      </span>
      <span role="cell" className="event-object">
        <button type="button" className="subject-link" onClick={select}>
          {eventObject(event)}
        </button>
      </span>
      <span role="cell" className="event-message" title={event.message}>
        {event.message}
      </span>
      <span role="cell" className="event-count">
        {event.count > 1 ? text.log.times(event.count) : ''}
      </span>
    </div>
  );
});

export function EventLog() {
  const text = useText();
  const store = useUiStore();
  const log = useUi((state) => state.mirror.eventLog);
  const filter = useUi((state) => state.eventFilter);
  const newestFirst = useUi((state) => state.newestFirst);
  const scroller = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const rows = useMemo(() => filterEvents(log, filter), [log, filter]);
  const rowAt = (index: number): EventRecord | undefined => rows[newestFirst ? rows.length - 1 - index : index];

  const { from, to } = useRowsInView(scroller, ROW_HEIGHT, rows.length);
  const drawn = Array.from({ length: to - from }, (_, place) => from + place);

  useEffect(() => {
    if (rows.length === 0 || !stuck.current || !scroller.current) return;
    scroller.current.scrollTop = newestFirst ? 0 : scroller.current.scrollHeight;
  }, [rows, newestFirst]);

  return (
    <section className="log" aria-label={text.log.panel}>
      <PanelSplitter panel="log" label={text.log.resize} />
      <div className="log-bar">
        <h2>{text.log.name}</h2>
        <span className="quiet">{text.log.shown(rows.length, log.length)}</span>
        <LogFilters />
        <button
          type="button"
          className="icon-button"
          aria-label={newestFirst ? text.log.showOldestFirst : text.log.showNewestFirst}
          title={newestFirst ? text.log.showOldestFirst : text.log.showNewestFirst}
          onClick={() => {
            stuck.current = true;
            store.getState().setNewestFirst(!newestFirst);
          }}
        >
          {newestFirst ? (
            <ArrowDownWideNarrow size={15} aria-hidden="true" />
          ) : (
            <ArrowUpNarrowWide size={15} aria-hidden="true" />
          )}
        </button>
      </div>
      <div role="table" aria-label={text.log.name} aria-rowcount={rows.length + 1} className="event-table">
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className="event-row event-head">
            <span role="columnheader">{text.log.time}</span>
            <span role="columnheader">{text.log.typeName}</span>
            <span role="columnheader">{text.log.reason}</span>
            <span role="columnheader">{text.log.object}</span>
            <span role="columnheader">{text.log.message}</span>
            <span role="columnheader">{text.log.count}</span>
          </div>
        </div>
        <div
          ref={scroller}
          role="rowgroup"
          className="event-scroll"
          tabIndex={0}
          aria-label={text.log.rows}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            const away = newestFirst ? scrollTop : scrollHeight - scrollTop - clientHeight;
            stuck.current = away < AT_EDGE_PX;
          }}
        >
          <div role="presentation" className="event-canvas" style={{ height: rows.length * ROW_HEIGHT }}>
            {drawn.map((index) => {
              const event = rowAt(index);
              return event ? <EventRow key={event.uid} event={event} index={index} top={index * ROW_HEIGHT} /> : null;
            })}
          </div>
          {rows.length === 0 ? (
            <div role="row" className="log-empty">
              <span role="cell" className="quiet">
                {log.length === 0 ? text.log.none : text.log.noneMatch}
              </span>
            </div>
          ) : null}
        </div>
      </div>
    </section>
  );
}
