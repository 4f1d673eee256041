/** Says which cluster this is and whether another tab runs it; opens the list of those that are kept. */
import { ChevronDown } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazy } from '../crash/lazy';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { useKeeping } from './use-keeping';

const ClustersPanel = lazy(
  () => import('./clusters-panel'),
  ({ ClustersPanel }) => ClustersPanel,
);

export function ClustersButton() {
  const text = useText();
  const host = useUi((state) => state.host);
  const [open, setOpen] = useState(false);
  useKeeping();
  if (host === null) return <span className="header-run">{text.boot.loading}</span>;
  const current = host.name ?? text.app.run(host.scenario, host.seed);
  return (
    <span className="header-run">
      <button
        type="button"
        className="run-button"
        aria-haspopup="dialog"
        aria-label={text.app.clusters(current)}
        title={text.app.clusters(current)}
        onClick={() => setOpen(true)}
      >
        <span>{current}</span>
        <ChevronDown size={13} aria-hidden="true" />
      </button>
      {host.follows === true ? (
        <span className="follows" title={text.app.followsHint} data-testid="follows">
          {text.app.follows}
        </span>
      ) : null}
      {open ? (
        <Suspense fallback={null}>
          <ClustersPanel onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </span>
  );
}
