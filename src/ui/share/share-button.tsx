/** Opens the panel that shares the run. The panel comes when it is asked for. */
import { Share2 } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazy } from '../crash/lazy';
import { useText } from '../text/text';

const SharePanel = lazy(
  () => import('./share-panel'),
  ({ SharePanel }) => SharePanel,
);

export function ShareButton() {
  const text = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={text.app.share}
        title={text.app.share}
        onClick={() => setOpen(true)}
      >
        <Share2 size={17} aria-hidden="true" />
      </button>
      {open ? (
        <Suspense fallback={null}>
          <SharePanel onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
