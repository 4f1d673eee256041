/** The whole object as the API server has it, as YAML; follows its changes. */
import { Suspense } from 'react';
import { lazy } from '../crash/lazy';
import { Button } from '@mantine/core';
import { Pencil, RefreshCw } from 'lucide-react';
import type { Subject } from '#engine/cluster/records';
import { manifestOf } from '../editor/planned-changes';
import { useUiStore } from '../state/store';
import { useText } from '../text/text';
import { useCloserText } from './closer-text';
import { useObject } from './use-live';

const YamlView = lazy(
  () => import('../editor/yaml-view'),
  ({ YamlView }) => YamlView,
);

export function YamlTab({ subject }: { subject: Subject }) {
  const text = useText();
  const closer = useCloserText();
  const store = useUiStore();
  const { kind, namespace, name } = subject;
  const [live, askAgain] = useObject(subject);
  const label = text.inspector.yamlOf(kind, name);

  if (live.state === 'waiting') return <p className="quiet">{text.inspector.asking}</p>;
  if (live.state === 'failed') return <p className="callout callout-problem">{live.message}</p>;
  if (live.value === null || live.value === undefined) return <p className="quiet">{text.inspector.gone}</p>;
  return (
    <div className="yaml-tab">
      <div className="with-command">
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<RefreshCw size={12} aria-hidden="true" />}
          onClick={askAgain}
        >
          {text.inspector.refresh}
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Pencil size={12} aria-hidden="true" />}
          onClick={() => {
            const manifest = manifestOf(live.value);
            store.getState().setEditorOpen(false);
            // The editor keeps its text as it closes; this one is to stand in it when it opens.
            setTimeout(() => {
              store.getState().setManifestDraft(manifest);
              store.getState().setEditorOpen(true);
            });
          }}
        >
          {closer.edit}
        </Button>
      </div>
      <Suspense fallback={<p className="quiet">{text.inspector.asking}</p>}>
        <YamlView key={`${namespace}/${label}`} value={live.value} label={label} />
      </Suspense>
    </div>
  );
}
