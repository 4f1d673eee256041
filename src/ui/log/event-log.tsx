/**
 * The event log: Kubernetes Events, components' logs, audit, Raft, faults and inputs in one virtualised table. A row selects
 * what it is about and tells more in `LogEntry`. The table stands still while the pointer is over it.
 */
import { ArrowDownWideNarrow, ArrowUpNarrowWide, Download, Layers } from 'lucide-react';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { lazy } from '../crash/lazy';
import { PanelSplitter } from '../shell/panel-splitter';
import { useCommands } from '../state/commands';
import { useUi, useUiStore, type UiStore } from '../state/store';
import type { LogSource } from '../state/view-slice';
import { useText } from '../text/text';
import '../theme/log.css';
import { allCount, LogBook } from './log-book';
import { LogEntry } from './log-entry';
import { LogFilters } from './log-filters';
import { groupedLines, type LogLine } from './log-groups';
import { GroupLine, RowLine } from './log-lines';
import type { LogRow } from './log-row';
import { useLogText } from './log-text';
import { useRowsInView } from './use-rows-in-view';

const ExportMenu = lazy(
  () => import('./export-menu'),
  ({ ExportMenu }) => ExportMenu,
);

const ROW_HEIGHT = 25;
const AT_EDGE_PX = ROW_HEIGHT;
/** Rows of these speak for themselves: who says it may be told by the mark alone. */
const PLAIN: readonly LogSource[] = ['event', 'fault', 'input'];
const NONE_OPEN: ReadonlySet<string> = new Set();

/** It hears the frames from its first use on, also while the log is not drawn. */
const books = new WeakMap<UiStore, LogBook>();

function useBook(): LogBook {
  const store = useUiStore();
  const { link } = useCommands();
  let book = books.get(store);
  if (book === undefined) books.set(store, (book = new LogBook(store, link, store.getState().logFeed)));
  return book;
}

export function EventLog() {
  const text = useLogText();
  const { log: names } = useText();
  const store = useUiStore();
  const book = useBook();
  const filter = useUi((state) => state.logFilter);
  const newestFirst = useUi((state) => state.newestFirst);
  const [grouped, setGrouped] = useState(false);
  const [open, setOpen] = useState(NONE_OPEN);
  const [picked, setPicked] = useState<LogRow | null>(null);
  const [exporting, setExporting] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);

  const live = useSyncExternalStore(book.subscribe, () => book.view(filter));
  // What is shown while the pointer is over the rows; another filter is another list.
  const [held, setHeld] = useState<{ readonly view: typeof live; readonly filter: typeof filter } | null>(null);
  const { rows, counts } = held !== null && held.filter === filter ? held.view : live;
  const behind = live.rows.length - rows.length;

  const lines = useMemo((): readonly LogLine[] | null => {
    return grouped ? groupedLines(rows, open, newestFirst) : null;
  }, [rows, grouped, open, newestFirst]);
  const length = lines?.length ?? rows.length;
  const lineAt = (index: number): LogLine | undefined => {
    if (lines !== null) return lines[index];
    const row = rows[newestFirst ? rows.length - 1 - index : index];
    return row && { type: 'row', row };
  };

  const { from, to } = useRowsInView(scroller, ROW_HEIGHT, length);
  const drawn = Array.from({ length: to - from }, (_, place) => from + place);

  useEffect(() => {
    if (rows.length === 0 || !stuck.current || !scroller.current) return;
    scroller.current.scrollTop = newestFirst ? 0 : scroller.current.scrollHeight;
  }, [rows, newestFirst]);

  const toggle = useCallback((key: string): void => {
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);
  const pick = useCallback((row: LogRow): void => setPicked((before) => (before?.id === row.id ? null : row)), []);
  const all = allCount(counts);
  const told = filter.sources.every((source) => PLAIN.includes(source)) ? 'brief' : 'full';
  const orderLabel = newestFirst ? text.showOldestFirst : text.showNewestFirst;

  return (
    <section className="log" aria-label={names.panel} data-from={told}>
      <PanelSplitter panel="log" label={text.resize} />
      <div className="log-bar">
        <h2 className="visually-hidden">{names.name}</h2>
        <LogFilters counts={counts} />
        <span className="log-count quiet" role="status">
          {held === null ? text.shown(rows.length, all) : text.held(Math.max(0, behind))}
        </span>
        <button
          type="button"
          className="icon-button"
          aria-label={text.group}
          title={text.group}
          aria-pressed={grouped}
          onClick={() => setGrouped(!grouped)}
        >
          <Layers size={15} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={orderLabel}
          title={orderLabel}
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
        <span className="export-place">
          <button
            type="button"
            className="icon-button"
            aria-label={text.export}
            title={text.export}
            aria-haspopup="menu"
            aria-expanded={exporting}
            onClick={() => setExporting(!exporting)}
          >
            <Download size={15} aria-hidden="true" />
          </button>
          {exporting ? (
            <Suspense>
              <ExportMenu rows={rows} onClose={() => setExporting(false)} />
            </Suspense>
          ) : null}
        </span>
      </div>
      <div role="table" aria-label={names.name} aria-rowcount={length + 1} className="event-table">
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className="event-row event-head">
            <span role="columnheader">{text.time}</span>
            <span role="columnheader">
              <span className="visually-hidden">{text.severityName}</span>
            </span>
            <span role="columnheader">{text.from}</span>
            <span role="columnheader">{text.reason}</span>
            <span role="columnheader">{text.object}</span>
            <span role="columnheader">{text.message}</span>
            <span role="columnheader">
              <span className="visually-hidden">{text.count}</span>
            </span>
            <span role="columnheader">
              <span className="visually-hidden">{text.details}</span>
            </span>
          </div>
        </div>
        <div
          ref={scroller}
          role="rowgroup"
          className="event-scroll"
          tabIndex={0}
          aria-label={text.rows}
          title={held === null ? undefined : text.heldHint}
          onPointerEnter={(event) => {
            if (event.pointerType === 'mouse') setHeld({ view: live, filter });
          }}
          onPointerLeave={() => setHeld(null)}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            const away = newestFirst ? scrollTop : scrollHeight - scrollTop - clientHeight;
            stuck.current = away < AT_EDGE_PX;
          }}
        >
          <div role="presentation" className="event-canvas" style={{ height: length * ROW_HEIGHT }}>
            {drawn.map((index) => {
              const line = lineAt(index);
              const top = index * ROW_HEIGHT;
              if (line === undefined) return null;
              return line.type === 'row' ? (
                <RowLine
                  key={line.row.id}
                  row={line.row}
                  index={index}
                  top={top}
                  picked={picked?.id === line.row.id}
                  onPick={pick}
                />
              ) : (
                <GroupLine
                  key={line.key}
                  line={line}
                  index={index}
                  top={top}
                  open={open.has(line.key)}
                  onToggle={toggle}
                />
              );
            })}
          </div>
          {length === 0 ? (
            <div role="row" className="log-empty">
              <span role="cell" className="quiet">
                {all === 0 ? text.none : text.noneMatch}
              </span>
            </div>
          ) : null}
        </div>
      </div>
      {picked === null ? null : <LogEntry key={picked.id} row={picked} onClose={() => setPicked(null)} />}
    </section>
  );
}
