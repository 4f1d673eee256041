/** Where manifests are pasted and applied: sample apps to begin with, an editor, and what became of it. */
import { Button } from '@mantine/core';
import { X } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { lazy } from '../crash/lazy';
import type { Answer } from '#engine/cluster/door';
import { sampleApps } from '#scenarios/apps/sample-apps';
import { CommandButton } from '../shell/command-button';
import { MantineScope } from '../shell/mantine-scope';
import { useCommands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';
import '../theme/closer.css';
import { useCloserText } from '../inspector/closer-text';
import { YamlEditor, type YamlEditorHandle } from './yaml-editor';

const ChangePreview = lazy(
  () => import('./change-preview'),
  ({ ChangePreview }) => ChangePreview,
);

/** Of what is wrong by the types so much is said below the editor. */
const MOST_TOLD = 3;

type Outcome =
  | { readonly state: 'none' }
  | { readonly state: 'empty' }
  | { readonly state: 'applying' }
  | { readonly state: 'answered'; readonly answer: Answer };

export function ApplyPanel() {
  const text = useText();
  const store = useUiStore();
  const commands = useCommands();
  const draft = useUi((state) => state.manifestDraft);
  const editor = useRef<YamlEditorHandle>(null);
  const [outcome, setOutcome] = useState<Outcome>({ state: 'none' });
  const [preview, setPreview] = useState<string | null>(null);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const closer = useCloserText();

  useEffect(() => {
    const handle = editor.current;
    return () => store.getState().setManifestDraft(handle?.text() ?? '');
  }, [store]);

  useEffect(() => {
    // A file that is dropped while the editor is open takes the place of its text; undo brings that back.
    if (editor.current && editor.current.text() !== draft) editor.current.replace(draft);
  }, [draft]);

  const apply = async (): Promise<void> => {
    const manifest = editor.current?.text() ?? '';
    editor.current?.mark([]);
    setPreview(null);
    if (manifest.trim() === '') {
      setOutcome({ state: 'empty' });
      return;
    }
    setOutcome({ state: 'applying' });
    const answer = await commands.apply(manifest);
    if (!answer) {
      setOutcome({ state: 'none' });
      return;
    }
    setOutcome({ state: 'answered', answer });
    editor.current?.mark(answer.positions);
  };

  return (
    <MantineScope>
      <section className="apply-panel" role="dialog" aria-label={text.editor.name}>
        <header>
          <h2>{text.editor.name}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={text.editor.close}
            onClick={() => {
              store.getState().setManifestDraft(editor.current?.text() ?? '');
              store.getState().setEditorOpen(false);
            }}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </header>
        <div className="samples" role="group" aria-label={text.editor.samples}>
          {sampleApps.map(({ name, manifest }) => (
            <button
              key={name}
              type="button"
              className="sample"
              title={text.samples[name].shows}
              onClick={() => {
                editor.current?.replace(manifest);
                editor.current?.mark([]);
                setOutcome({ state: 'none' });
                editor.current?.focus();
              }}
            >
              {text.samples[name].title}
            </button>
          ))}
        </div>
        <YamlEditor
          ref={editor}
          label={text.editor.manifest}
          initialText={draft}
          onSubmit={() => void apply()}
          onProblems={(found, checked) =>
            setProblems(
              found.map(({ from, message }) => closer.problem(checked.slice(0, from).split('\n').length, message)),
            )
          }
        />
        {problems.length === 0 ? null : (
          <ul className="problems" aria-label={closer.problems}>
            {problems.slice(0, MOST_TOLD).map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
            {problems.length > MOST_TOLD ? <li className="quiet">{closer.more(problems.length - MOST_TOLD)}</li> : null}
          </ul>
        )}
        <footer>
          <Button size="xs" loading={outcome.state === 'applying'} onClick={() => void apply()}>
            {text.editor.apply}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => setPreview(preview === null ? (editor.current?.text() ?? '') : null)}
          >
            {closer.showChanges}
          </Button>
          <CommandButton command={() => kubectl.apply(editor.current?.text() ?? '')} />
          <kbd title={text.editor.applyHint}>{text.editor.applyKeys}</kbd>
        </footer>
        {preview === null ? (
          <ApplyOutcome outcome={outcome} />
        ) : (
          <div className="apply-outcome" role="region" aria-label={closer.changes} tabIndex={0}>
            <Suspense fallback={null}>
              <ChangePreview key={preview} manifest={preview} />
            </Suspense>
          </div>
        )}
      </section>
    </MantineScope>
  );
}

function ApplyOutcome({ outcome }: { outcome: Outcome }) {
  const text = useText();
  return (
    <div className="apply-outcome" role="status" aria-label={text.editor.outcome} tabIndex={0}>
      {outcome.state === 'empty' ? <p className="quiet">{text.editor.empty}</p> : null}
      {outcome.state === 'answered' ? (
        <>
          {outcome.answer.output === '' ? null : <pre>{outcome.answer.output}</pre>}
          {outcome.answer.error === '' ? null : <pre className="apply-error">{outcome.answer.error}</pre>}
        </>
      ) : null}
    </div>
  );
}
