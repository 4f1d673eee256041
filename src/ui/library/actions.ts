/** What the library and the command palette do when something is chosen or dropped. */
import type { SampleApp } from '#scenarios/apps/sample-app';
import { offersCommand } from '../shell/copy-command';
import { type Commands, refusalText } from '../state/commands';
import { kubectl } from '../state/kubectl-command';
import type { UiStore } from '../state/store';
import type { LibraryWords } from '../text/en-library';
import { runningContainers } from './containers';
import { isOver, THE_REST, type FaultKind } from './faults';

export interface Hands {
  readonly store: UiStore;
  readonly commands: Commands;
  readonly words: LibraryWords;
}

/**
 * Begins a fault and offers to heal it. One that lies between two places asks for the second first, one on a pod of several containers
 * for the container.
 */
export function bring(hands: Hands, kind: FaultKind, target: string, other?: string): void {
  if (kind.between && other === undefined) return hands.store.getState().setPalette({ fault: kind.key, from: target });
  if (kind.target === 'Pod' && target.split('/').length === 2) return void bringOnPod(hands, kind, target);
  begin(hands, kind, target, other);
}

async function bringOnPod(hands: Hands, kind: FaultKind, pod: string): Promise<void> {
  const containers = await runningContainers(hands, pod);
  if (containers.length > 1) hands.store.getState().setPalette({ fault: kind.key, from: pod, containers });
  else begin(hands, kind, pod);
}

function begin({ store, commands, words }: Hands, kind: FaultKind, target: string, other?: string): void {
  const fault = kind.on(target, store.getState().mirror, other ?? THE_REST);
  const id = commands.inject(fault);
  store.getState().notify({
    tone: 'info',
    text: words.began(words.fault[kind.key].title, kind.between ? words.between(target, other ?? THE_REST) : target),
    action: isOver(fault) ? null : { label: words.heal, run: () => commands.heal([id]) },
  });
}

/** Applies manifests and says what became of them. */
export async function deploy(
  { store, commands, words }: Hands,
  { title, manifest }: { readonly title: string } & Pick<SampleApp, 'manifest'>,
): Promise<void> {
  const answer = await commands.apply(manifest);
  if (!answer) return;
  const text = answer.ok ? words.deployed(title) : refusalText(answer);
  const action = offersCommand(store, kubectl.apply(manifest));
  store.getState().notify({ tone: answer.ok ? 'info' : 'problem', text, action });
}

/** The address of a starting cluster: with the same seed, from its beginning if it is the one that runs. */
export function addressOf(cluster: string, { store }: Pick<Hands, 'store'>): string {
  const { host } = store.getState();
  const query = new URLSearchParams({ seed: String(host?.seed ?? 7), scenario: cluster });
  if (host?.scenario === cluster) query.set('fresh', '');
  return `?${query.toString()}`;
}

/** Heals the fault that began last. */
export function undoLatest({ store, commands }: Pick<Hands, 'store' | 'commands'>): void {
  const latest = store.getState().mirror.faults.at(-1);
  if (latest) commands.heal([latest.id]);
}
