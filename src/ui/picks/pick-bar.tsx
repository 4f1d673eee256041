/** Machines and pods that were picked together (Shift and a click, or Shift and Enter), and what can be done with all of them. */
import { X } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { CommandButton } from '../shell/command-button';
import { useCommands } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import { useUi, useUiStore } from '../state/store';
import { enCamera } from '../text/en-camera';
import { useText, useWords } from '../text/text';
import { zhCamera } from '../text/zh-camera';
import '../theme/camera.css';

const WORDS = { en: enCamera, zh: zhCamera };

/** Its name, what it does to all that are picked, and the kubectl that does the same: power is beyond it. */
type Deed = readonly [string, () => void, (() => string) | null];

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

  const workers = useUi(
    useShallow(({ mirror }) => machines.filter((name) => mirror.machines.get(name)?.role === 'worker')),
  );
  const each = (act: (machine: string) => void) => () => machines.forEach(act);
  const ofMachines: readonly Deed[] = [
    [text.machine.cordon, each((name) => commands.cordon(name, true)), () => kubectl.cordonAll(machines, true)],
    [text.machine.uncordon, each((name) => commands.cordon(name, false)), () => kubectl.cordonAll(machines, false)],
    [text.machine.powerOff, each((name) => commands.powerOff(name)), null],
    [text.machine.powerOn, each((name) => commands.powerOn(name)), null],
    [words.drain, () => store.getState().putInTerminal(kubectl.drainAll(machines)), null],
    ...(workers.length === 0
      ? []
      : [
          [
            words.remove(workers.length),
            () => workers.forEach((name) => commands.removeMachine(name)),
            () => kubectl.deleteNodes(workers),
          ] as const,
        ]),
  ];
  const ofPods: readonly Deed[] = [
    [words.deletePods, () => pods.forEach((pod) => commands.remove(pod)), () => kubectl.removeAll(pods)],
  ];
  const actions = [...(machines.length === 0 ? [] : ofMachines), ...(pods.length === 0 ? [] : ofPods)];
  return (
    <div className="pick-bar" role="toolbar" aria-label={words.pickedName}>
      <span role="status">{words.picked(machines.length, pods.length)}</span>
      {actions.map(([label, act, command]) => (
        <span key={label} className="with-command">
          <button type="button" className="text-button" onClick={act}>
            {label}
          </button>
          {command ? <CommandButton command={command} /> : null}
        </span>
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
