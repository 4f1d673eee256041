/** Shown when the engine has thrown: a bug of ours. Says so, helps to report it, and goes on. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { Crash } from '#host/worker/protocol';
import { MantineScope } from '../shell/mantine-scope';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import { useText } from '../text/text';

export function CrashPanel({ crash }: { crash: Crash }) {
  const text = useText();
  const store = useUiStore();
  const { link } = useCommands();
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');

  const copy = (): void => {
    navigator.clipboard.writeText(crash.report).then(
      () => setCopied('yes'),
      () => setCopied('refused'),
    );
  };
  const goOn = async (): Promise<void> => {
    try {
      await link.resume();
      store.getState().setCrash(null);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      store.getState().notify({ tone: 'problem', text: message, action: null });
    }
  };

  return (
    <MantineScope>
      <Modal
        lockScroll={false}
        opened
        onClose={() => store.getState().setCrash(null)}
        title={text.crash.title}
        size="lg"
        classNames={{ content: 'crash' }}
        attributes={{ header: { role: 'presentation' } }} // else it is a second banner
        closeButtonProps={{ 'aria-label': text.crash.close }}
        transitionProps={{ duration: 0 }}
      >
        <p>{text.crash.explanation}</p>
        <p className="quiet">{text.crash.where(crash.seed, crash.events)}</p>
        <pre className="crash-stack" tabIndex={0} role="region" aria-label={text.crash.stack}>
          {crash.message}
          {'\n'}
          {crash.stack}
        </pre>
        {copied === 'refused' ? (
          <textarea className="crash-report" readOnly aria-label={text.crash.report} value={crash.report} rows={5} />
        ) : null}
        <div className="actions">
          <Button variant="default" onClick={copy}>
            {copied === 'yes' ? text.crash.copied : text.crash.copy}
          </Button>
          {crash.canResume ? <Button onClick={() => void goOn()}>{text.crash.resume}</Button> : null}
        </div>
      </Modal>
    </MantineScope>
  );
}
