/** What is said of the library, the command palette and the faults in them. It comes with them, late. */
import type { FaultKey, FaultTarget } from '../library/faults';

export interface LibraryWords {
  readonly name: string;
  readonly close: string;
  readonly hint: string;
  readonly apps: string;
  readonly faults: string;
  readonly clusters: string;
  readonly inForce: string;
  readonly heal: string;
  readonly healNamed: (fault: string, target: string) => string;
  readonly healAll: string;
  readonly deployed: (app: string) => string;
  readonly began: (fault: string, target: string) => string;
  /** Two places; the second empty: all the others. */
  readonly between: (one: string, other: string) => string;
  readonly menuOf: (name: string) => string;
  readonly deletePod: string;
  readonly more: string;
  readonly fault: Readonly<Record<FaultKey, { readonly title: string; readonly does: string }>>;
  readonly dropOn: Readonly<Record<FaultTarget | 'App', string>>;
  readonly cluster: (name: string) => string | null;
  readonly palette: {
    readonly name: string;
    readonly search: string;
    readonly searchTarget: (fault: string) => string;
    readonly searchOther: (fault: string, one: string) => string;
    readonly searchContainer: (fault: string, pod: string) => string;
    readonly rest: string;
    readonly none: string;
    readonly app: string;
    readonly fault: string;
    readonly cluster: string;
    readonly command: string;
    readonly object: string;
    readonly container: string;
    readonly action: string;
    readonly drain: string;
    readonly remove: (what: string) => string;
    readonly onMachine: (does: string, machine: string) => string;
    readonly speed: (factor: number) => string;
    readonly deploy: (app: string) => string;
    readonly start: (cluster: string) => string;
    readonly undoFault: string;
    readonly library: string;
    readonly tour: string;
  };
}

export const enLibrary: LibraryWords = {
  name: 'Library',
  close: 'Close the library (Esc)',
  hint: 'Drag onto the stage, or press Enter.',
  apps: 'Apps',
  faults: 'Faults',
  clusters: 'Start another cluster',
  inForce: 'In force',
  heal: 'Heal',
  healNamed: (fault, target) => `Heal ${fault} ${target}`.trim(),
  healAll: 'Heal everything',
  deployed: (app) => `${app}: applied.`,
  began: (fault, target) => (target === '' ? `${fault}.` : `${fault}: ${target}.`),
  between: (one, other) => `between ${one} and ${other === '' ? 'all others' : other}`,
  menuOf: (name) => `What can be done to ${name}`,
  deletePod: 'Delete the pod',
  more: 'More faults',
  fault: {
    'power-off': { title: 'Power off', does: 'What is in memory and in flight is lost; the disk stays' },
    reboot: { title: 'Reboot', does: 'Off, and on again by itself' },
    'cut-cable': { title: 'Cut the cable', does: 'Its pods run on, and nobody hears of it' },
    'cut-in': { title: 'Cut incoming only', does: 'It speaks, but hears nothing' },
    'cut-out': { title: 'Cut outgoing only', does: 'It hears, but nobody hears it' },
    latency: { title: 'Latency', does: '200 ms more on each way' },
    'packet-loss': { title: 'Packet loss', does: 'Three of ten packets are lost' },
    'clock-skew': { title: 'Clock skew', does: 'Its clock is an hour ahead' },
    'disk-full': { title: 'Disk full', does: 'Nothing can be written there' },
    'disk-slow': { title: 'Slow disk', does: 'Each sync takes over a second' },
    'disk-corrupt': { title: 'Corrupt disk', does: 'etcd’s log cannot be read as it was written' },
    'etcd-wipe': { title: 'Wipe etcd', does: 'etcd’s data directory is emptied' },
    'memory-pressure': { title: 'Memory pressure', does: 'Only 50 MiB of memory are left' },
    'cpu-stress': { title: 'Busy CPU', does: 'Endless loops take it; who asked for none starves' },
    'spot-reclaim': { title: 'Spot reclaim', does: 'The cloud gives two minutes’ notice, then it is gone' },
    'kill-container': { title: 'Kill container', does: 'Exit code 137; its kubelet starts it again' },
    'pause-container': { title: 'Pause container', does: 'It stands still; its probes fail' },
    partition: { title: 'Partition', does: 'Two groups of machines do not hear each other' },
    'link-latency': { title: 'Slow link', does: '200 ms more between two places' },
    'link-loss': { title: 'Lossy link', does: 'Three of ten packets between two places are lost' },
    'rack-outage': { title: 'Rack outage', does: 'All machines of a rack lose power' },
    'zone-latency': { title: 'Slow zone', does: '200 ms more into it and out of it' },
    'zone-loss': { title: 'Lossy zone', does: 'Three of ten packets into it and out of it are lost' },
    'dns-down': { title: 'DNS down', does: 'No name is resolved; what is connected stays so' },
    'kill-process': { title: 'Kill process', does: 'Gone at once; its supervisor starts it again' },
    'pause-process': { title: 'Pause process', does: 'It is there, and answers nothing' },
    'zone-outage': { title: 'Zone outage', does: 'All machines of a zone lose power' },
    'image-registry-down': { title: 'Registry down', does: 'No image can be pulled' },
  },
  dropOn: {
    App: 'Drop it anywhere on the stage',
    Machine: 'Drop it on a machine',
    Pod: 'Drop it on a pod',
    Rack: 'Drop it on a rack, or press Enter to choose one',
    Place: 'Drop it on a machine or a zone; then choose the other end',
    Process: 'Drop it on a component of the control plane, or press Enter to choose a process',
    Zone: 'Drop it on a zone',
    Cluster: 'Drop it anywhere on the stage',
  },
  cluster: () => null,
  palette: {
    name: 'Command palette',
    search: 'Find an app, a fault, a command or an object',
    searchTarget: (fault) => `${fault}: on what?`,
    searchOther: (fault, one) => `${fault}: between ${one} and what?`,
    searchContainer: (fault, pod) => `${fault}: which one of ${pod}?`,
    rest: 'Everything else',
    none: 'Nothing is called that.',
    app: 'App',
    fault: 'Fault',
    cluster: 'Cluster',
    command: 'Command',
    object: 'Object',
    container: 'Container',
    action: 'Action',
    drain: 'Drain',
    remove: (what) => `Delete ${what}`,
    onMachine: (does, machine) => `${does}: ${machine}`,
    speed: (factor) => `Speed: ${factor}×`,
    deploy: (app) => `Deploy ${app}`,
    start: (cluster) => `Start: ${cluster}`,
    undoFault: 'Undo the latest fault',
    library: 'Open the library',
    tour: 'Take the tour (60 s)',
  },
};
