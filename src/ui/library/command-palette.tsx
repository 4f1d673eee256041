/** Ctrl/⌘ K: finds apps, faults, clusters, commands and every object by a few letters, and does it. */
import { Modal } from '@mantine/core';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Subject } from '#engine/cluster/records';
import { useUi } from '../state/store';
import { MantineScope } from '../shell/mantine-scope';
import { allEntries, containerEntries, targetEntries, type Entry } from './entries';
import { faultKind } from './faults';
import { search } from './search';
import { useHands } from './use-hands';

const MOST_SHOWN = 60;
const NO_NAMES: readonly Subject[] = [];

interface PaletteProps {
  /** The fault that is to be brought on something; null: all is looked for. */
  readonly fault: string | null;
}

export function CommandPalette({ fault }: PaletteProps) {
  const from = useUi((state) => state.palette?.from ?? null);
  const containers = useUi((state) => state.palette?.containers ?? null);
  return <Palette key={from} fault={fault} from={from} containers={containers} />;
}

interface TargetProps extends PaletteProps {
  readonly from: string | null;
  /** Of `from`, a pod; null: something else is looked for. */
  readonly containers: readonly string[] | null;
}

function Palette({ fault, from, containers }: TargetProps) {
  const hands = useHands();
  const { store, words } = hands;
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const kind = faultKind(fault);
  const [query, setQuery] = useState('');
  const [names, setNames] = useState<readonly Subject[]>(NO_NAMES);
  const [at, setAt] = useState(0);
  const entries = useMemo(() => {
    if (!kind) return allEntries(hands, names);
    if (from !== null && containers) return containerEntries(hands, kind, from, containers);
    return targetEntries(hands, kind, from);
  }, [hands, kind, from, containers, names]);
  const found = useMemo(() => search(entries, query, MOST_SHOWN), [entries, query]);
  const current = Math.min(at, found.length - 1);

  useEffect(() => {
    let gone = false;
    hands.commands.link.look({ type: 'names' }).then(
      (all) => {
        if (!gone) setNames(all);
      },
      // An engine that cannot answer says so itself; what the page knows is found all the same.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [hands]);

  useEffect(() => {
    box.current?.children[current]?.scrollIntoView?.({ block: 'nearest' });
  }, [current]);

  const close = (): void => store.getState().setPalette(null);
  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    close(); // A fault that needs a target opens it again.
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) setAt((current + step + found.length) % found.length);
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(found[current]);
    else return;
    event.preventDefault();
  };

  const title = kind ? words.fault[kind.key].title : '';
  const label = kind
    ? from === null
      ? words.palette.searchTarget(title)
      : (containers ? words.palette.searchContainer : words.palette.searchOther)(title, from)
    : words.palette.search;
  return (
    <MantineScope>
      <Modal
        lockScroll={false}
        opened
        onClose={close}
        withCloseButton={false}
        size="lg"
        padding={0}
        yOffset="12vh"
        classNames={{ content: 'palette' }}
        transitionProps={{ duration: 0 }}
        attributes={{ content: { 'aria-label': words.palette.name } }}
      >
        <input
          className="palette-input"
          role="combobox"
          aria-label={label}
          placeholder={label}
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={found.length > 0 ? `${list}-${current}` : undefined}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div ref={box} id={list} role="listbox" aria-label={words.palette.name} className="palette-list">
          {found.map((entry, index) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keyboard has the input
            <div
              key={entry.key}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === current}
              className="palette-row"
              onClick={() => choose(entry)}
              onPointerMove={() => setAt(index)}
            >
              <span className="palette-title">{entry.title}</span>
              <span className="palette-note">{entry.note}</span>
              <span className="palette-sort">{entry.sort}</span>
            </div>
          ))}
        </div>
        {found.length === 0 ? <p className="palette-none quiet">{words.palette.none}</p> : null}
      </Modal>
    </MantineScope>
  );
}
