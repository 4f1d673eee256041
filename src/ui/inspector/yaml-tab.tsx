/** The whole object as the API server has it, as YAML; follows its changes. */
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { Button } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import type { Subject } from '#engine/cluster/records';
import { useCommands } from '../state/commands';
import { findObject } from '../state/mirror';
import { useUi } from '../state/store';
import { useText } from '../text/text';
import { useLive } from './use-live';

const YamlView = lazy(async () => {
  const module = await import('../editor/yaml-view');
  return { default: module.YamlView };
});

export function YamlTab({ subject }: { subject: Subject }) {
  const text = useText();
  const { link } = useCommands();
  const [asked, setAsked] = useState(0);
  const { kind, namespace, name } = subject;
  const record = useUi((state) => findObject(state.mirror, subject));
  const ask = useCallback(() => link.object({ kind, namespace, name }), [link, kind, namespace, name]);
  const version = useMemo(() => ({ record, asked }), [record, asked]);
  const live = useLive(ask, version);

  if (live.state === 'waiting') return <p className="quiet">{text.inspector.asking}</p>;
  if (live.state === 'failed') return <p className="callout callout-problem">{live.message}</p>;
  if (live.value === null || live.value === undefined) return <p className="quiet">{text.inspector.gone}</p>;
  return (
    <div className="yaml-tab">
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<RefreshCw size={12} aria-hidden="true" />}
        onClick={() => setAsked(asked + 1)}
      >
        {text.inspector.refresh}
      </Button>
      <Suspense fallback={<p className="quiet">{text.inspector.asking}</p>}>
        <YamlView value={live.value} label={text.inspector.yamlOf(kind, name)} />
      </Suspense>
    </div>
  );
}
