/** The run as a link, as a file, as a bug report; and a file that somebody else has saved. */
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Recording } from '#engine/cluster/door';
import { LONGEST_LINK, linkOf } from '#host/share-link';
import { useCommands } from '../state/commands';
import { useUiStore } from '../state/store';
import '../theme/share.css';
import { type Exportable, exportedManifests } from './exported-manifests';
import { openFile } from './open-file';
import { saveFile } from './save-file';
import { useShareText } from './share-text';

interface Shared {
  readonly recording: Recording;
  readonly address: string;
}

export function SharePanel({ onClose }: { onClose: () => void }) {
  const text = useShareText();
  const store = useUiStore();
  const { link } = useCommands();
  const dialog = useRef<HTMLDialogElement>(null);
  const [shared, setShared] = useState<Shared | string | null>(null);
  const [drawing, setDrawing] = useState(false);
  const [copied, setCopied] = useState<'link' | 'report' | null>(null);

  useEffect(() => {
    dialog.current?.showModal();
    const make = async (): Promise<void> => {
      try {
        const recording = await link.recording();
        const address = new URL(`#${await linkOf(recording)}`, location.href.split('?', 1)[0]!.split('#', 1)[0]);
        setShared({ recording, address: address.href });
      } catch (error) {
        setShared(error instanceof Error ? error.message : String(error));
      }
    };
    void make();
  }, [link]);

  const copy = async (what: 'link' | 'report', content: string): Promise<void> => {
    await navigator.clipboard.writeText(content);
    setCopied(what);
  };

  const saveManifests = async (): Promise<void> => {
    const objects = (await link.objects()) as readonly Exportable[];
    saveFile('manifests.yaml', exportedManifests(objects), 'text/yaml');
  };

  const savePicture = async (): Promise<void> => {
    setDrawing(true);
    try {
      const { saveStagePicture } = await import('./stage-picture');
      await saveStagePicture('kubarium.png');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      store.getState().notify({ tone: 'problem', text: text.noPicture(reason), action: null });
    }
    setDrawing(false);
  };

  const open = async (file: File | undefined): Promise<void> => {
    if (await openFile(file, link, store, text)) onClose();
  };

  return (
    <dialog ref={dialog} className="share" aria-label={text.title} onClose={onClose}>
      <div className="share-head">
        <h2>{text.title}</h2>
        <button type="button" className="icon-button" aria-label={text.close} title={text.close} onClick={onClose}>
          <X size={14} aria-hidden="true" />
        </button>
      </div>
      {shared === null ? <p className="quiet">{text.making}</p> : null}
      {typeof shared === 'string' ? <p className="callout callout-problem">{shared}</p> : null}
      {shared === null || typeof shared === 'string' ? null : (
        <>
          {shared.address.length > LONGEST_LINK ? (
            <p>{text.tooLong(shared.address.length.toLocaleString(), LONGEST_LINK.toLocaleString())}</p>
          ) : (
            <>
              <input
                readOnly
                aria-label={text.link}
                value={shared.address}
                onFocus={(event) => event.target.select()}
              />
              <p className="quiet">{text.linkHint(shared.address.length.toLocaleString())}</p>
              <button type="button" className="toggle-pill" onClick={() => void copy('link', shared.address)}>
                {copied === 'link' ? text.copied : text.copyLink}
              </button>
            </>
          )}
          <button
            type="button"
            className="toggle-pill"
            onClick={() =>
              saveFile(`kubarium-${shared.recording.hash}.json`, JSON.stringify(shared.recording, null, 2))
            }
          >
            {text.file}
          </button>
          <button type="button" className="toggle-pill" onClick={() => void saveManifests()}>
            {text.manifests}
          </button>
          <button type="button" className="toggle-pill" onClick={() => void copy('report', bugReport(shared))}>
            {copied === 'report' ? text.copied : text.report}
          </button>
        </>
      )}
      <button type="button" className="toggle-pill" disabled={drawing} onClick={() => void savePicture()}>
        {drawing ? text.drawing : text.picture}
      </button>
      <label className="toggle-pill share-import">
        {text.import}
        <input
          type="file"
          className="visually-hidden"
          accept="application/json,.json"
          onChange={(event) => void open(event.target.files?.[0])}
        />
      </label>
    </dialog>
  );
}

/** What whoever mends it needs: where it was seen, and the run itself. */
function bugReport({ recording, address }: Shared): string {
  const { version, seed, until, hash, inputs } = recording;
  const seen = { version, seed, until, hash, inputs: inputs.length, browser: navigator.userAgent };
  const run = address.length > LONGEST_LINK ? JSON.stringify(recording) : address;
  return `${JSON.stringify(seen, null, 2)}\n\n${run}\n`;
}
