/** Everything that the command palette can find, made when it is opened. */
import { sampleApps } from '#scenarios/apps/sample-apps';
import { startingClusters } from '#scenarios/starting-clusters';
import { type Mirror, subjectKey } from '../state/mirror';
import type { Arrangement, Theme } from '../state/view-slice';
import { enObjects } from '../text/en-objects';
import { zhObjects } from '../text/zh-objects';
import type { Subject } from '#engine/cluster/records';
import { offersCommand } from '../shell/copy-command';
import { objectPath } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import { addressOf, bring, deploy, undoLatest, type Hands } from './actions';
import { FAULTS, placeOf, targetsOf, THE_REST, type FaultKind } from './faults';
import { pageButtons } from './page-buttons';
import type { Findable } from './search';

export interface Entry extends Findable {
  readonly key: string;
  /** What sort of thing it is. */
  readonly sort: string;
  /** A line on what it shows or does; may be empty. */
  readonly note: string;
  readonly run: () => void;
}

const ARRANGEMENTS: readonly Arrangement[] = ['machine', 'workload', 'service'];
const SPEEDS = [1, 5, 20, 60, 300];
const THEMES: readonly Theme[] = ['dark', 'light', 'contrast'];

/** Of everything: commands, apps, faults, clusters, the objects of the cluster by name, then what can be done now. */
export function allEntries(hands: Hands, names: readonly Subject[]): readonly Entry[] {
  const commands = commandEntries(hands);
  return [
    ...commands,
    ...appEntries(hands),
    ...faultEntries(hands),
    ...clusterEntries(hands),
    ...objectEntries(hands, names),
    ...actionEntries(hands),
    ...buttonEntries(hands, commands),
  ];
}

/** Of what a fault can be brought on; with `from`, of what lies at the other end of it. */
export function targetEntries(hands: Hands, kind: FaultKind, from: string | null): readonly Entry[] {
  const { mirror } = hands.store.getState();
  const named = targetsOf(kind, mirror).filter((target) => target !== from);
  const targets = from === null ? named : [THE_REST, ...named];
  return targets.map((target) => ({
    key: `on ${target}`,
    sort: sortOf(target, kind, mirror.machines),
    title: target === THE_REST ? hands.words.palette.rest : target,
    words: '',
    note: '',
    run: () => (from === null ? bring(hands, kind, target) : bring(hands, kind, from, target)),
  }));
}

/** Of which container of a pod a fault can be brought on. */
export const containerEntries = (
  hands: Hands,
  kind: FaultKind,
  pod: string,
  containers: readonly string[],
): readonly Entry[] =>
  containers.map((container) => ({
    key: `in ${container}`,
    sort: hands.words.palette.container,
    title: container,
    words: '',
    note: '',
    run: () => bring(hands, kind, `${pod}/${container}`),
  }));

function sortOf(target: string, kind: FaultKind, machines: Mirror['machines']): string {
  if (kind.target !== 'Place') return kind.target;
  if (target === THE_REST) return '';
  if (machines.has(target)) return 'Machine';
  return [...machines.values()].some(({ rack }) => rack === target) ? 'Rack' : 'Zone';
}

function appEntries(hands: Hands): readonly Entry[] {
  const { words, store } = hands;
  return sampleApps.map(({ name, manifest }) => {
    const { title, shows } = store.getState().text.samples[name];
    return {
      key: `app ${name}`,
      sort: words.palette.app,
      title: words.palette.deploy(title),
      words: `${name} ${shows}`,
      note: shows,
      run: () => void deploy(hands, { title, manifest }),
    };
  });
}

function faultEntries(hands: Hands): readonly Entry[] {
  const { words, store } = hands;
  return FAULTS.map((kind) => {
    const { title, does } = words.fault[kind.key];
    const choose = (): void => store.getState().setPalette({ fault: kind.key });
    const run = kind.target === 'Cluster' ? () => bring(hands, kind, '') : choose;
    return {
      key: `fault ${kind.key}`,
      sort: words.palette.fault,
      title,
      words: `${kind.key} ${does}`,
      note: does,
      run,
    };
  });
}

function clusterEntries(hands: Hands): readonly Entry[] {
  const { words } = hands;
  return startingClusters.map(({ name, title }) => ({
    key: `cluster ${name}`,
    sort: words.palette.cluster,
    title: words.palette.start(words.cluster(name) ?? title),
    words: name,
    note: '',
    run: () => location.assign(addressOf(name, hands)),
  }));
}

function commandEntries({ store, commands, words }: Hands): readonly Entry[] {
  const { text, host, paceBeforePause, language, projector, lessMotion } = store.getState();
  const ui = store.getState();
  const arranged = language === 'en' ? enObjects : zhObjects;
  const newZone = nextZone([...store.getState().mirror.machines.values()]);
  const paused = host?.pace.type === 'paused';
  const rows: readonly (readonly [string, string, () => void])[] = [
    [
      'pause',
      paused ? text.clock.resume : text.clock.pause,
      () => commands.link.setPace(paused ? paceBeforePause : { type: 'paused' }),
    ],
    ['undo', words.palette.undoFault, () => undoLatest({ store, commands })],
    ['heal', words.healAll, () => commands.heal(store.getState().mirror.faults.map(({ id }) => id))],
    ['library', words.palette.library, () => ui.setLibraryOpen(true)],
    ['apply', text.rail.apply, () => ui.setEditorOpen(true)],
    ['terminal', text.rail.terminal, () => ui.setTerminalOpen(true)],
    ['tour', words.palette.tour, () => ui.setTour(1)],
    ['worker', text.rail.addWorker, () => commands.addMachine()],
    ['zone', arranged.addZone(newZone), () => commands.addMachine(newZone)],
    ['control-plane', text.rail.addControlPlane, () => commands.addControlPlane()],
    ['language', text.language.switchToOther, () => void ui.setLanguage(language === 'en' ? 'zh' : 'en')],
    ...ARRANGEMENTS.map((by) => [`stage by ${by}`, arranged.byHint[by], () => ui.setArrangement(by)] as const),
    ...THEMES.map(
      (theme) =>
        [`theme ${theme}`, `${text.settings.theme}: ${text.settings.themes[theme]}`, () => ui.setTheme(theme)] as const,
    ),
    ['projector', text.settings.projector, () => ui.setProjector(!projector)],
    ['motion', text.settings.lessMotion, () => ui.setLessMotion(!lessMotion)],
    ...SPEEDS.map(
      (factor) =>
        [
          `speed ${factor}`,
          words.palette.speed(factor),
          () => commands.link.setPace({ type: 'speed', factor }),
        ] as const,
    ),
  ];
  return rows.map(([key, title, run]) => ({
    key: `command ${key}`,
    sort: words.palette.command,
    title,
    words: key,
    note: '',
    run,
  }));
}

/** The first of zone-a, zone-b, … in which nothing stands. */
export function nextZone(machines: readonly { readonly zone: string }[]): string {
  const taken = new Set(machines.map(({ zone }) => zone));
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(97 + at));
  return `zone-${letters.find((letter) => !taken.has(`zone-${letter}`)) ?? `z${taken.size}`}`;
}

/** Machines and pods, and by `names` all else that the API holds. */
function objectEntries({ store, words }: Hands, names: readonly Subject[]): readonly Entry[] {
  const { mirror } = store.getState();
  const machines = [...mirror.machines.values()].map(({ name }): Subject => ({ kind: 'Machine', namespace: '', name }));
  const processes = [...mirror.machines.values()].flatMap(({ name: machine, processes: own }) =>
    own.map(({ name }): Subject => ({ kind: 'Process', namespace: '', name: `${machine}/${name}` })),
  );
  const pods = [...mirror.podsByNode.values()].flat();
  const workloads = [...mirror.workloads.values()].filter(({ kind }) => kind === 'Deployment');
  const known = new Map<string, Subject>();
  for (const subject of [...machines, ...workloads, ...mirror.services.values(), ...names, ...pods, ...processes])
    known.set(subjectKey(subject), subject);
  return [...known].map(([key, { kind, namespace, name }]) => ({
    key,
    sort: kind,
    title: namespace === '' || namespace === 'default' ? name : `${namespace}/${name}`,
    words: `${kind} ${namespace} ${words.palette.object}`,
    note: '',
    run: () => store.getState().select({ kind, namespace, name }),
  }));
}

/** What can be done to the machine or object that is selected, and to each machine. */
function actionEntries({ store, commands, words }: Hands): readonly Entry[] {
  const { mirror, selection, text } = store.getState();
  const rows: (readonly [title: string, run: () => void])[] = [];
  /** What kubectl can do, too. */
  const kubectlDoes = (title: string, run: () => void, command: string): void =>
    void rows.push([
      title,
      () => {
        run();
        store.getState().notify({ tone: 'info', text: `${title}.`, action: offersCommand(store, command) });
      },
    ]);
  if (selection && objectPath(selection)) {
    const title = words.palette.remove(`${selection.kind} ${selection.name}`);
    kubectlDoes(title, () => commands.remove(selection), kubectl.removeAll([selection]));
  }
  for (const { name, role, power, cable } of mirror.machines.values()) {
    const named = (what: string): string => words.palette.onMachine(what, name);
    const does = (what: string, run: () => void): void => void rows.push([named(what), run]);
    if (power === 'off') does(text.machine.powerOn, () => commands.powerOn(name));
    if (!cable.in || !cable.out) does(text.machine.plugCable, () => commands.plugCable(name));
    const node = mirror.nodes.get(name);
    if (node) {
      const off = !node.unschedulable;
      const title = named(off ? text.machine.cordon : text.machine.uncordon);
      kubectlDoes(title, () => commands.cordon(name, off), kubectl.cordonAll([name], off));
    }
    if (node) does(words.palette.drain, () => store.getState().putInTerminal(kubectl.drainAll([name])));
    if (role === 'worker')
      kubectlDoes(named(text.machine.remove), () => commands.removeMachine(name), kubectl.deleteNodes([name]));
  }
  for (const record of mirror.faults) {
    const title = words.healNamed(text.faultName[record.fault.type], placeOf(record.fault));
    rows.push([title, () => commands.heal([record.id])]);
  }
  return rows.map(([title, run]) => ({
    key: `action ${title}`,
    sort: words.palette.action,
    title,
    words: '',
    note: '',
    run,
  }));
}

/** Whatever the page has a button for and is not among the commands. */
function buttonEntries({ words }: Hands, commands: readonly Entry[]): readonly Entry[] {
  return pageButtons(commands.map(({ title }) => title)).map(({ title, press }) => ({
    key: `button ${title}`,
    sort: words.palette.command,
    title,
    words: '',
    note: '',
    run: press,
  }));
}
