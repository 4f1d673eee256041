/** Machines and pods that were picked together (Shift and a click, or Shift and Enter), and what can be done with all of them. */
import { X } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { enCamera } from '../text/en-camera';
import { useText, useWords } from '../text/text';
import { zhCamera } from '../text/zh-camera';
import '../theme/camera.css';

const WORDS = { en: enCamera, zh: zhCamera };

export function PickBar() {
  const words = useWords(WORDS);
  const text = useText();
  const store = useUiStore();
  const commands = useCommands();
  const picked = useUi((state) => state.picked);
  const machines = useMemo(() => picked.filter(({ kind }) => kind === 'Machine').map(({ name }) => name), [picked]);
  const pods = useMemo(() => picked.filter(({ kind }) => kind === 'Pod'), [picked]);

  // A mark that stays when the camera takes an element away and brings it again.
  useEffect(() => {
    const sheet = new CSSStyleSheet();
    const selectors = picked.map(
      ({ kind, namespace, name }) =>
        `.stage [data-kind="${kind}"][data-namespace="${CSS.escape(namespace)}"][data-name="${CSS.escape(name)}"]`,
    );
    sheet.replaceSync(`${selectors.join(',')} { outline: 2px solid var(--accent); outline-offset: 2px; }`);
    document.adoptedStyleSheets.push(sheet);
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  }, [picked]);

  const each = (act: (machine: string) => void) => () => machines.forEach(act);
  const actions: readonly (readonly [string, () => void])[] = [
    ...(machines.length === 0
      ? []
      : ([
          [text.machine.cordon, each((name) => commands.cordon(name, true))],
          [text.machine.uncordon, each((name) => commands.cordon(name, false))],
          [text.machine.powerOff, each((name) => commands.powerOff(name))],
          [text.machine.powerOn, each((name) => commands.powerOn(name))],
        ] as const)),
    ...(pods.length === 0 ? [] : [[words.deletePods, () => pods.forEach((pod) => commands.remove(pod))] as const]),
  ];
  return (
    <div className="pick-bar" role="toolbar" aria-label={words.pickedName}>
      <span role="status">{words.picked(machines.length, pods.length)}</span>
      {actions.map(([label, act]) => (
        <button key={label} type="button" className="text-button" onClick={act}>
          {label}
        </button>
      ))}
      <button
        type="button"
        className="icon-button"
        aria-label={words.clear}
        onClick={() => store.getState().clearPicks()}
      >
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
