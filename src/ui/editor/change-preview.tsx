/** What applying the text in the editor would change, object by object. Loaded when somebody asks. */
import { useEffect, useState } from 'react';
import { parseAllDocuments } from 'yaml';
import type { EngineLink } from '#host/worker/protocol';
import { Change } from '../inspector/history-tab';
import { useCloserText } from '../inspector/closer-text';
import type { FieldChange } from '../inspector/version-changes';
import { shownText } from '../log/shown-text';
import { CommandButton } from '../shell/command-button';
import { useCommands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import { plannedChanges } from './planned-changes';

interface Planned {
  readonly object: string;
  /** Null: it is not there yet. */
  readonly changes: readonly FieldChange[] | null;
}

const MOST_OBJECTS = 50;

interface Named {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
}

/** @throws Error for what is no YAML */
async function plan(link: EngineLink, manifest: string): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (const document of parseAllDocuments(manifest)) {
    if (!('contents' in document) || planned.length >= MOST_OBJECTS) continue;
    if (document.errors[0]) throw new Error(document.errors[0].message);
    const object = document.toJS({ maxAliasCount: 100 }) as Named | null;
    if (typeof object?.kind !== 'string' || typeof object.metadata?.name !== 'string') continue;
    const { kind } = object;
    const { name, namespace } = object.metadata;
    const inNamespace = { kind, namespace: typeof namespace === 'string' ? namespace : 'default', name };
    const live = (await link.object(inNamespace)) ?? (await link.object({ ...inNamespace, namespace: '' }));
    const changes = live === null || live === undefined ? null : plannedChanges(live, object);
    planned.push({ object: `${kind} ${name}`, changes });
  }
  return planned;
}

export function ChangePreview({ manifest }: { manifest: string }) {
  const text = useCloserText();
  const { link } = useCommands();
  const [planned, setPlanned] = useState<readonly Planned[] | string | null>(null);
  useEffect(() => {
    let wanted = true;
    plan(link, manifest).then(
      (found) => wanted && setPlanned(found),
      (error: unknown) => wanted && setPlanned(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      wanted = false;
    };
  }, [link, manifest]);
  if (planned === null) return <p className="quiet">{text.asking}</p>;
  if (typeof planned === 'string') return <pre className="apply-error">{shownText(planned, 2_000)}</pre>;
  return (
    <ul className="planned">
      <li className="with-command">
        <span className="quiet">{text.sameAs}</span>
        <CommandButton command={() => kubectl.diff(manifest)} />
      </li>
      {planned.length === 0 ? <li className="quiet">{text.nothingPlanned}</li> : null}
      {planned.map(({ object, changes }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the same object may stand there twice
        <li key={`${index}/${object}`}>
          <strong>{shownText(object, 120)}</strong>{' '}
          <span className="quiet">
            {changes === null ? text.isNew : changes.length === 0 ? text.staysSame : text.fields(changes.length)}
          </span>
          {changes === null || changes.length === 0 ? null : (
            <ul className="changes">
              {changes.map((change) => (
                <Change key={change.path} change={change} />
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
