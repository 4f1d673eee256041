/** The panel at the right: the selected thing, or the whole cluster while nothing is selected. */
import { X } from 'lucide-react';
import { Suspense } from 'react';
import { lazy } from '../crash/lazy';
import { PanelSplitter } from '../shell/panel-splitter';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';
import { Overview } from './overview';

const SelectionTabs = lazy(
  () => import('./selection-tabs'),
  ({ SelectionTabs }) => SelectionTabs,
);

export function Inspector() {
  const text = useText();
  const store = useUiStore();
  const selection = useUi((state) => state.selection);
  return (
    <aside className="inspector" aria-label={text.inspector.name}>
      <PanelSplitter panel="inspector" label={text.inspector.resize} />
      {selection ? (
        <>
          <header className="inspector-head">
            <p className="quiet">{text.inspector.kindLine(selection)}</p>
            <button
              type="button"
              className="icon-button"
              aria-label={text.inspector.close}
              onClick={() => store.getState().select(null)}
            >
              <X size={16} aria-hidden="true" />
            </button>
            <h2 title={selection.name}>{selection.name}</h2>
          </header>
          <Suspense fallback={<div className="inspector-body" />}>
            <SelectionTabs selection={selection} />
          </Suspense>
        </>
      ) : (
        <Overview />
      )}
    </aside>
  );
}
