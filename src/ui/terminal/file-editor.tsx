/** The editor that a command of the terminal has asked for: a file of the laptop, over the terminal until it is closed. */
import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { YamlEditor, type YamlEditorHandle } from '../editor/yaml-editor';
import { MantineScope } from '../shell/mantine-scope';
import { useText } from '../text/text';

interface FileEditorProps {
  readonly path: string;
  readonly text: string;
  /** The new text; null: as it was. */
  readonly onClose: (text: string | null) => void;
}

export function FileEditor({ path, text: initialText, onClose }: FileEditorProps) {
  const text = useText();
  const editor = useRef<YamlEditorHandle>(null);
  const place = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  const save = (): void => onClose(editor.current?.text() ?? null);

  useEffect(() => {
    close.current = onClose;
  }, [onClose]);

  useEffect(() => {
    const element = place.current;
    const leave = (event: KeyboardEvent): void => {
      event.stopPropagation(); // what is typed here is for nobody else
      if (event.key === 'Escape') close.current(null);
    };
    element?.addEventListener('keydown', leave);
    return () => element?.removeEventListener('keydown', leave);
  }, []);

  return (
    <div ref={place} className="file-editor" role="dialog" aria-label={text.terminal.editing(path)}>
      <header>
        <code>{path}</code>
        <MantineScope>
          <Button size="compact-xs" onClick={save}>
            {text.terminal.save}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => onClose(null)}>
            {text.terminal.discard}
          </Button>
        </MantineScope>
      </header>
      <YamlEditor ref={editor} label={path} initialText={initialText} onSubmit={save} />
    </div>
  );
}
