/** The clusters that the browser keeps: this one's name, the others to be opened, saved as files or deleted, and a new one. */
import { Download, FolderOpen, Trash2, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type KeptCluster, LONGEST_NAME, runKey } from '#host/worker/kept-clusters';
import type { EngineLink } from '#host/worker/protocol';
import { startingClusters } from '#scenarios/starting-clusters';
import { openFile } from '../share/open-file';
import { saveFile } from '../share/save-file';
import { useShareText } from '../share/share-text';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { enClusters } from '../text/en-clusters';
import { enLibrary } from '../text/en-library';
import { LANGUAGE_TAGS } from '../text/language';
import { useWords } from '../text/text';
import { formatBytes, formatVirtualTime } from '../text/virtual-time';
import { zhClusters } from '../text/zh-clusters';
import { zhLibrary } from '../text/zh-library';
import '../theme/share.css';
import '../theme/clusters.css';

/** Opens the cluster of an address in this tab. */
const go = (query: Readonly<Record<string, string>>): void =>
  location.assign(`?${new URLSearchParams(query).toString()}`);

const addressOf = ({ name, scenario, seed }: KeptCluster): Readonly<Record<string, string>> =>
  name === undefined ? { scenario, seed: String(seed) } : { cluster: name };

/** What is kept, latest first, and the bytes that it takes; `quota` 0: the browser does not say. */
interface Shelf {
  readonly kept: readonly KeptCluster[];
  readonly usage: number;
  readonly quota: number;
}

const EMPTY: Shelf = { kept: [], usage: 0, quota: 0 };

async function shelfOf(link: EngineLink): Promise<Shelf> {
  const kept = (await link.keptClusters()).toSorted((a, b) => b.keptAt - a.keptAt);
  // A page that is not served securely has no such thing.
  const { usage = 0, quota = 0 } = (await (navigator.storage as StorageManager | undefined)?.estimate()) ?? {};
  return { kept, usage, quota };
}

export function ClustersPanel({ onClose }: { onClose: () => void }) {
  const text = useWords({ en: enClusters, zh: zhClusters });
  const shareText = useShareText();
  const store = useUiStore();
  const { link } = useCommands();
  const dialog = useRef<HTMLDialogElement>(null);
  const host = useUi((state) => state.host);
  const [shelf, setShelf] = useState<Shelf>(EMPTY);
  const lookAgain = (): void => void shelfOf(link).then(setShelf);

  useEffect(() => {
    dialog.current?.showModal();
    let isWanted = true;
    void shelfOf(link).then((found) => isWanted && setShelf(found));
    return () => {
      isWanted = false;
    };
  }, [link]);

  const problem = (words: string): void => store.getState().notify({ tone: 'problem', text: words, action: null });
  const called = ({ name, scenario, seed }: KeptCluster): string => name ?? text.unnamed(scenario, seed);

  const save = async (cluster: KeptCluster): Promise<void> => {
    const recording = await link.keptRecording(cluster.key);
    if (recording === null) return problem(text.otherVersion(called(cluster)));
    saveFile(`kubarium-${called(cluster).replaceAll(/[^\w-]+/g, '-')}.json`, JSON.stringify(recording, null, 2));
  };

  const remove = async (cluster: KeptCluster): Promise<void> => {
    if (!(await link.removeKept(cluster.key))) problem(text.openElsewhere(called(cluster)));
    lookAgain();
  };

  const open = async (file: File | undefined): Promise<void> => {
    if (await openFile(file, link, store, shareText)) onClose();
  };

  const currentKey = host === null ? '' : runKey(host);
  const others = shelf.kept.filter(({ key }) => key !== currentKey);
  return (
    <dialog ref={dialog} className="share clusters" aria-label={text.title} onClose={onClose}>
      <div className="share-head">
        <h2>{text.title}</h2>
        <button type="button" className="icon-button" aria-label={text.close} title={text.close} onClick={onClose}>
          <X size={14} aria-hidden="true" />
        </button>
      </div>
      <h3>{text.current}</h3>
      <CurrentName onDone={lookAgain} />
      {others.length === 0 ? <p className="quiet">{text.none}</p> : null}
      <ul>
        {others.map((cluster) => (
          <li key={cluster.key}>
            <span className="clusters-words">
              <strong>{called(cluster)}</strong>
              <Facts cluster={cluster} />
            </span>
            <button
              type="button"
              className="icon-button"
              aria-label={text.open(called(cluster))}
              title={text.open(called(cluster))}
              onClick={() => go(addressOf(cluster))}
            >
              <FolderOpen size={15} aria-hidden="true" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={text.file(called(cluster))}
              title={text.file(called(cluster))}
              onClick={() => void save(cluster)}
            >
              <Download size={15} aria-hidden="true" />
            </button>
            <RemoveButton name={called(cluster)} onRemove={() => void remove(cluster)} />
          </li>
        ))}
      </ul>
      <h3>{text.begin}</h3>
      <NewCluster />
      <p className="quiet">
        {text.automatic} {shelf.quota === 0 ? null : text.room(formatBytes(shelf.usage), formatBytes(shelf.quota))}
      </p>
      <label className="toggle-pill share-import">
        {text.import}
        <input
          type="file"
          className="visually-hidden"
          accept="application/json,.json"
          onChange={(event) => void open(event.target.files?.[0])}
        />
      </label>
    </dialog>
  );
}

function Facts({ cluster }: { cluster: KeptCluster }) {
  const text = useWords({ en: enClusters, zh: zhClusters });
  const language = useUi((state) => state.language);
  const kept = new Date(cluster.keptAt).toLocaleString(LANGUAGE_TAGS[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return <span className="quiet">{text.facts(formatVirtualTime(cluster.now), cluster.machines, kept)}</span>;
}

/** Names the open cluster, or goes on in a copy of it. */
function CurrentName({ onDone }: { onDone: () => void }) {
  const text = useWords({ en: enClusters, zh: zhClusters });
  const { link } = useCommands();
  const name = useUi((state) => state.host?.name) ?? '';
  const [typed, setTyped] = useState(name);
  const [taken, setTaken] = useState<string | null>(null);
  const wanted = typed.trim();

  const keep = async (moved: boolean): Promise<void> => {
    setTaken((await link.keepAs(wanted, moved)) ? null : wanted);
    onDone();
  };

  return (
    <form
      className="clusters-form"
      onSubmit={(event) => {
        event.preventDefault();
        void keep(true);
      }}
    >
      <label>
        {text.name}
        <input
          value={typed}
          maxLength={LONGEST_NAME}
          placeholder={text.namePlaceholder}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="toggle-pill" disabled={wanted === '' || wanted === name}>
        {text.keep}
      </button>
      <button
        type="button"
        className="toggle-pill"
        disabled={wanted === '' || wanted === name}
        onClick={() => void keep(false)}
      >
        {text.copy}
      </button>
      {taken === null ? null : (
        <p className="callout callout-problem" role="alert">
          {text.taken(taken)}
        </p>
      )}
    </form>
  );
}

/** A new cluster with a name of its own. */
function NewCluster() {
  const text = useWords({ en: enClusters, zh: zhClusters });
  const library = useWords({ en: enLibrary, zh: zhLibrary });
  const { link } = useCommands();
  const seed = useUi((state) => state.host?.seed) ?? 0;
  const [name, setName] = useState('');
  const [scenario, setScenario] = useState(startingClusters[0]!.name);
  const [taken, setTaken] = useState<string | null>(null);
  const wanted = name.trim();

  const start = async (): Promise<void> => {
    const kept = await link.keptClusters();
    if (kept.some((cluster) => cluster.name === wanted)) setTaken(wanted);
    else go({ cluster: wanted, scenario, seed: String(seed) });
  };

  return (
    <form
      className="clusters-form"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <label>
        {text.name}
        <input
          value={name}
          maxLength={LONGEST_NAME}
          placeholder={text.namePlaceholder}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        {text.startsAs}
        <select value={scenario} onChange={(event) => setScenario(event.target.value)}>
          {startingClusters.map((cluster) => (
            <option key={cluster.name} value={cluster.name}>
              {library.cluster(cluster.name) ?? cluster.title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="toggle-pill" disabled={wanted === ''}>
        {text.start}
      </button>
      {taken === null ? null : (
        <p className="callout callout-problem" role="alert">
          {text.taken(taken)}
        </p>
      )}
    </form>
  );
}

/** Asks once more before it deletes. */
function RemoveButton({ name, onRemove }: { name: string; onRemove: () => void }) {
  const text = useWords({ en: enClusters, zh: zhClusters });
  const [asked, setAsked] = useState(false);
  const words = asked ? text.reallyRemove(name) : text.remove(name);
  return (
    <button
      type="button"
      className={asked ? 'toggle-pill clusters-sure' : 'icon-button'}
      aria-label={words}
      title={words}
      onClick={() => (asked ? onRemove() : setAsked(true))}
      onBlur={() => setAsked(false)}
    >
      {asked ? words : <Trash2 size={15} aria-hidden="true" />}
    </button>
  );
}
