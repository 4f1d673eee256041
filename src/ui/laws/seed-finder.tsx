/** Searches, in a worker of its own, a seed with which what was done here breaks a law. */
import { useEffect, useRef, useState } from 'react';
import { findSeed, type SeedSearch, type SearchNews } from '#host/worker/find-seed';
import { sharedStart } from '../share/shared-start';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { enLaws } from '../text/en-laws';
import { useWords } from '../text/text';
import { formatVirtualTime } from '../text/virtual-time';
import { zhLaws } from '../text/zh-laws';

export function SeedFinder() {
  const words = useWords({ en: enLaws, zh: zhLaws });
  const store = useUiStore();
  const { link } = useCommands();
  const search = useRef<SeedSearch | null>(null);
  const [faults, setFaults] = useState(true);
  const [news, setNews] = useState<SearchNews | null>(null);

  const stop = (): void => {
    search.current?.stop();
    search.current = null;
  };
  useEffect(
    () => () => {
      search.current?.stop();
    },
    [],
  );

  const begin = async (): Promise<void> => {
    try {
      const recording = await link.recording();
      setNews({ type: 'searching', seed: 1 });
      search.current = findSeed({ recording, faults }, (heard) => {
        setNews(heard);
        if (heard.type !== 'searching') stop();
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      store.getState().notify({ tone: 'problem', text: reason, action: null });
    }
  };
  const isSearching = news?.type === 'searching';
  return (
    <footer className="seed-finder">
      <p className="quiet">{words.findHint}</p>
      <label>
        <input type="checkbox" checked={faults} onChange={(event) => setFaults(event.currentTarget.checked)} />{' '}
        {words.chance}
      </label>
      <button
        type="button"
        className="toggle-pill"
        onClick={() => {
          if (!isSearching) return void begin();
          stop();
          setNews(null);
        }}
      >
        {isSearching ? words.stop : words.find}
      </button>
      <p role="status">
        {news === null ? null : news.type === 'searching' ? (
          words.searching(news.seed)
        ) : news.type === 'none' ? (
          words.none(news.seeds)
        ) : news.type === 'failed' ? (
          news.message
        ) : (
          <>
            {words.found(news.seed, words.law[news.law].name, formatVirtualTime(news.breach.at))} {news.breach.text}{' '}
            <button type="button" className="subject-link" onClick={() => void link.start(sharedStart(news.recording))}>
              {words.open}
            </button>
          </>
        )}
      </p>
    </footer>
  );
}
