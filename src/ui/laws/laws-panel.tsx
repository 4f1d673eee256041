/** The laws of the cluster, each with a lamp: green, or the moment at which it was broken. */
import { X } from 'lucide-react';
import { useCallback, useEffect } from 'react';
import type { LawStatus } from '#engine/cluster/laws/report';
import { useCommands } from '../state/commands';
import { useUiStore, type UiState } from '../state/store';
import { enLaws } from '../text/en-laws';
import { useWords } from '../text/text';
import { formatVirtualTime } from '../text/virtual-time';
import { zhLaws } from '../text/zh-laws';
import '../theme/laws.css';
import { useLive } from '../inspector/use-live';
import { SeedFinder } from './seed-finder';

/** What may have changed the answer. */
const watch = (state: UiState): unknown => state.mirror.now;

function Law({ status: { law, breach } }: { status: LawStatus }) {
  const words = useWords({ en: enLaws, zh: zhLaws });
  const store = useUiStore();
  const { link } = useCommands();
  const { name, text } = words.law[law];
  const go = (): void => {
    if (breach === null) return;
    if (breach.subject !== null) store.getState().select(breach.subject);
    link.time({ type: 'seek', at: breach.at }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      store.getState().notify({ tone: 'problem', text: reason, action: null });
    });
  };
  return (
    <li data-state={breach === null ? 'kept' : 'broken'}>
      <span className="lamp" aria-hidden="true" />
      <div>
        <strong>{name}</strong> <em>{breach === null ? words.kept : words.broken}</em>
        <p className="quiet">{text}</p>
        {breach === null ? null : (
          <p className="breach">
            {breach.text}{' '}
            <button type="button" className="subject-link" onClick={go}>
              {words.moment(formatVirtualTime(breach.at))}
            </button>
          </p>
        )}
      </div>
    </li>
  );
}

export function LawsPanel({ onClose }: { onClose: () => void }) {
  const words = useWords({ en: enLaws, zh: zhLaws });
  const { link } = useCommands();
  const ask = useCallback(() => link.laws(), [link]);
  const [live] = useLive(ask, watch);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault(); // It closes this, and nothing else.
      onClose();
    };
    addEventListener('keydown', onKeyDown, { capture: true });
    return () => removeEventListener('keydown', onKeyDown, { capture: true });
  }, [onClose]);
  return (
    <section className="laws" aria-label={words.title}>
      <header>
        <h2>{words.title}</h2>
        <button type="button" className="icon-button" aria-label={words.close} title={words.close} onClick={onClose}>
          <X size={14} aria-hidden="true" />
        </button>
      </header>
      {live.state === 'waiting' ? <p className="quiet">{words.asking}</p> : null}
      {live.state === 'failed' ? <p className="callout callout-problem">{live.message}</p> : null}
      {live.state === 'here' ? (
        <>
          <ul>
            {live.value.laws.map((status) => (
              <Law key={status.law} status={status} />
            ))}
          </ul>
          <p className="quiet">{words.since(formatVirtualTime(live.value.since))}</p>
        </>
      ) : null}
      <SeedFinder />
    </section>
  );
}
