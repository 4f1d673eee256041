/** The whole object as the API server has it, as YAML; follows its changes. */
import { lazy, Suspense, useCallback } from 'react';
import { Button } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import type { Subject } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { findObject } from '../state/mirror';
import type { UiState } from '../state/store';
import { useText } from '../text/text';
import { useLive } from './use-live';

const YamlView = lazy(async () => {
  const module = await import('../editor/yaml-view');
  return { default: module.YamlView };
});

export function YamlTab({ subject }: { subject: Subject }) {
  const text = useText();
  const { link } = useCommands();
  const { kind, namespace, name } = subject;
  const watch = useCallback(
    (state: UiState) => findObject(state.mirror, { kind, namespace, name }),
    [kind, namespace, name],
  );
  const ask = useCallback(() => link.object({ kind, namespace, name }), [link, kind, namespace, name]);
  const [live, askAgain] = useLive(ask, watch);

  if (live.state === 'waiting') return <p className="quiet">{text.inspector.asking}</p>;
  if (live.state === 'failed') return <p className="callout callout-problem">{live.message}</p>;
  if (live.value === null || live.value === undefined) return <p className="quiet">{text.inspector.gone}</p>;
  return (
    <div className="yaml-tab">
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<RefreshCw size={12} aria-hidden="true" />}
        onClick={askAgain}
      >
        {text.inspector.refresh}
      </Button>
      <Suspense fallback={<p className="quiet">{text.inspector.asking}</p>}>
        <YamlView key={`${kind}/${namespace}/${name}`} value={live.value} label={text.inspector.yamlOf(kind, name)} />
      </Suspense>
    </div>
  );
}
