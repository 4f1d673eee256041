/** Everything that the command palette can find, made when it is opened. */
import { sampleApps } from '#scenarios/apps/sample-apps';
import { startingClusters } from '#scenarios/starting-clusters';
import type { Arrangement, Theme } from '../state/view-slice';
import { enObjects } from '../text/en-objects';
import { zhObjects } from '../text/zh-objects';
import type { Subject } from '#engine/cluster/records';
import { addressOf, bring, deploy, undoLatest, type Hands } from './actions';
import { FAULTS, targetsOf, type FaultKind } from './faults';
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
const THEMES: readonly Theme[] = ['dark', 'light', 'contrast'];

/** Of everything: commands, apps, faults, clusters, then the objects of the cluster by name. */
export function allEntries(hands: Hands): readonly Entry[] {
  return [
    ...commandEntries(hands),
    ...appEntries(hands),
    ...faultEntries(hands),
    ...clusterEntries(hands),
    ...objectEntries(hands),
  ];
}

/** Of what a fault can be brought on. */
export const targetEntries = (hands: Hands, kind: FaultKind): readonly Entry[] =>
  targetsOf(kind, hands.store.getState().mirror).map((target) => ({
    key: target,
    sort: kind.target,
    title: target,
    words: '',
    note: '',
    run: () => bring(hands, kind, target),
  }));

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

function objectEntries({ store, words }: Hands): readonly Entry[] {
  const { mirror } = store.getState();
  const machines = [...mirror.machines.values()].map(({ name }): Subject => ({ kind: 'Machine', namespace: '', name }));
  const pods = [...mirror.podsByNode.values()].flat();
  const workloads = [...mirror.workloads.values()].filter(({ kind }) => kind === 'Deployment');
  return [...machines, ...workloads, ...mirror.services.values(), ...pods].map(({ kind, namespace, name }) => {
    const title = namespace === '' || namespace === 'default' ? name : `${namespace}/${name}`;
    return {
      key: `${kind} ${namespace}/${name}`,
      sort: kind,
      title,
      words: `${kind} ${words.palette.object}`,
      note: '',
      run: () => store.getState().select({ kind, namespace, name }),
    };
  });
}
