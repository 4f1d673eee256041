/** Opens the laws of the cluster. The panel comes when it is asked for. */
import { Scale } from 'lucide-react';
import { Suspense, useCallback, useState } from 'react';
import { lazy } from '../crash/lazy';
import { useWords } from '../text/text';

const LawsPanel = lazy(
  () => import('./laws-panel'),
  ({ LawsPanel }) => LawsPanel,
);

const NAME = { en: 'Laws', zh: '定律' } as const;

export function LawsButton() {
  const name = useWords(NAME);
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <button type="button" aria-expanded={open} aria-label={name} title={name} onClick={() => setOpen(!open)}>
        <Scale size={20} strokeWidth={1.7} aria-hidden="true" />
        <span aria-hidden="true">{name}</span>
      </button>
      {open ? (
        <Suspense fallback={null}>
          <LawsPanel onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}
