/** Every word that the page says in English, by where it is said. The other languages have the same keys. */
import type { PodRecord, SandboxRecord, ServiceRecord, Subject, WriteRecord } from '#engine/cluster/records';
import type { SampleAppName } from '#scenarios/apps/sample-app';
import type { PodShape } from '../chips/pod-shape';
import { enClock } from './en-clocks';
import { enApp, enBoot } from './en-app';
import { count, loopText, sentences } from './en-grammar';
import { enFaultNames, enMarker } from './en-markers';
import { enMachineFaults, enGroup, enMembers } from './en-members';
import { enCommand, enTerminal } from './en-terminal';
import { enScheduler } from './en-scheduler';
import { enVerdicts } from './en-verdicts';

const qualified = ({ namespace, name }: Pick<Subject, 'namespace' | 'name'>): string =>
  namespace === '' ? name : `${namespace}/${name}`;

const shapes: Readonly<Record<PodShape, string>> = {
  running: 'Running',
  'not-ready': 'Not ready',
  absent: 'In the API only',
  pending: 'Pending',
  creating: 'Being created',
  terminating: 'Terminating',
  crashing: 'Crashing',
  'image-error': 'Cannot start',
  completed: 'Completed',
  failed: 'Failed',
  unknown: 'Unknown',
};

const samples: Readonly<Record<SampleAppName, { readonly title: string; readonly shows: string }>> = {
  web: { title: 'Web server', shows: 'A Deployment of four behind a Service' },
  guestbook: { title: 'Guestbook', shows: 'Three tiers: front end, leader, followers' },
  crowd: { title: '200 replicas', shows: 'More than there is room for: the rest waits' },
  'broken-image': { title: 'Broken image', shows: 'An image that no registry has' },
  'too-large': { title: 'Too large', shows: 'Asks for more than any machine has' },
};

const pastTense: Readonly<Record<WriteRecord['verb'], string>> = {
  create: 'created',
  update: 'updated',
  patch: 'patched',
  delete: 'deleted',
  deletecollection: 'deleted all',
};

/** Who asked, in short: components by their own name, kubelets by their node. */
function writer({ user }: WriteRecord): string {
  if (user.startsWith('system:node:')) return `kubelet ${user.slice('system:node:'.length)}`;
  return user.slice(user.lastIndexOf(':') + 1);
}

export const en = {
  app: enApp,
  boot: enBoot,
  keys: { delete: 'Del' },
  language: { other: '中文', switchToOther: 'Switch to simplified Chinese (中文)' },
  settings: {
    name: 'Settings',
    theme: 'Theme',
    themes: { dark: 'Dark', light: 'Light', contrast: 'High contrast' },
    projector: 'Projector: bigger, thicker, a big pointer',
    lessMotion: 'Less motion',
  },
  theme: { switchTo: { dark: 'Switch to the dark theme', light: 'Switch to the light theme' } },
  clock: {
    name: 'Clock',
    virtualTime: 'Virtual time',
    pause: 'Pause (space)',
    resume: 'Resume (space)',
    step: 'Step',
    stepHint: 'Run to the next API write (with Shift: one event), then pause',
    speed: (factor: number) => `${factor}×`,
    speedLabel: (factor: number) => `${factor} times real time`,
    max: 'max',
    maxHint: 'As fast as it goes',
    skip: 'Skip',
    skipHint: 'Skip to the next thing that matters, then pause',
    measured: (factor: number) => `${factor}× real time`,
  },
  rail: {
    name: 'Bring onto the stage',
    library: 'Library of apps and faults',
    libraryShort: 'Library',
    palette: 'Find anything (Ctrl+K)',
    paletteShort: 'Find',
    apply: 'Apply a manifest',
    applyShort: 'Apply',
    terminal: 'Terminal with kubectl',
    terminalHint: 'Terminal with kubectl (Ctrl+`)',
    terminalShort: 'kubectl',
    addWorker: 'Add a worker machine',
    addWorkerShort: '+ Worker',
    addControlPlane: 'Add a control plane',
    addControlPlaneShort: '+ Control',
  },
  stage: {
    name: 'Stage',
    zoom: 'Zoom',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Show the whole cluster',
  },
  dock: {
    name: 'Power-off dock',
    hint: (machine: string) => `Drop here to cut the power of ${machine}`,
  },
  countdown: enClock,
  machine: {
    label: (name: string, words: string, pods: number) => `Machine ${name}, ${words}, ${count(pods, 'pod', 'pods')}`,
    menu: (name: string) => `Menu of ${name}`,
    podsOn: (name: string, pods: number) => `Pods on ${name}: ${pods}`,
    podsTitle: (pods: number) => `Pods (${pods})`,
    notRegistered: 'not registered',
    noPower: 'no power',
    cableCutWord: 'cable cut',
    cableCutIn: 'hears nobody',
    cableCutOut: 'nobody hears it',
    kubeletIs: (state: string) => `kubelet ${state}`,
    booting: 'booting',
    joining: 'joining',
    runs: 'runs',
    butApi: (truth: string, belief: string) => `${truth} · API: ${belief}`,
    powerOff: 'Power off',
    powerOn: 'Power on',
    powerOnNamed: (name: string) => `Power on ${name}`,
    reboot: 'Reboot',
    cutCable: 'Cut the cable',
    cutCableIn: 'Cut incoming only',
    cutCableOut: 'Cut outgoing only',
    cutCableOf: (name: string) => `Cut the cable of ${name}`,
    plugCable: 'Plug the cable in',
    plugCableOf: (name: string) => `Plug the cable of ${name} in`,
    cordon: 'Cordon',
    uncordon: 'Uncordon',
    remove: 'Remove machine',
    leave: 'Remove (kubeadm reset)',
    add: 'Add worker',
    addTo: (zone: string) => `Add a worker to ${zone}`,
    cpu: 'cpu',
    memory: 'mem',
    cpuRequested: (words: string) => `CPU requested: ${words}`,
    memoryRequested: (words: string) => `Memory requested: ${words}`,
    lastHeartbeat: 'Last heartbeat',
    heartbeatAgo: (at: string, ago: string) => `${at} (${ago} ago)`,
    roles: 'Roles',
    zone: 'Zone',
    internalIP: 'Internal IP',
    podCIDR: 'Pod CIDR',
    pods: 'pods',
    taints: 'Taints',
    processes: 'Processes',
  },
  pod: {
    label: (pod: PodRecord, real: boolean, clock: string | null) =>
      sentences(
        `Pod ${qualified(pod)}`,
        pod.status,
        pod.status === 'Running' && !pod.ready ? 'not ready' : null,
        pod.node === null ? 'on no node' : `on ${pod.node}`,
        real ? null : 'but its machine does not run it',
        clock,
      ),
    statusLine: (pod: PodRecord) =>
      sentences(
        `${pod.status} · ${pod.readyContainers}/${pod.containers} ready`,
        pod.restarts > 0 ? count(pod.restarts, 'restart', 'restarts') : null,
        pod.node === null ? null : `on ${pod.node}`,
      ),
    ghost: ({ namespace, name }: Pick<Subject, 'namespace' | 'name'>) => `Gone: pod ${qualified({ namespace, name })}`,
    orphan: (sandbox: SandboxRecord) => `Still running, though the API has deleted it: pod ${qualified(sandbox)}`,
    none: 'No pods',
    status: 'Status (API)',
    truth: 'On the machine',
    reallyRuns: (running: number, containers: number) => `${running} of ${containers} containers run`,
    reallyNot: 'does not run there',
    ready: 'Ready',
    restarts: 'Restarts',
    ip: 'IP',
    images: 'Image',
    node: 'Node',
  },
  shape: shapes,
  process: {
    server: 'API server',
    role: 'Role',
    term: 'Term',
    leader: 'Leader',
    lastIndex: 'Last entry',
    persistedIndex: 'Safe on disk up to',
    commitIndex: 'Committed up to',
    appliedIndex: 'Applied up to',
    voters: 'Voting members',
    lease: (name: string) => `Lease ${name}`,
    holds: 'holds it',
    heldBy: (machine: string | null) => (machine === null ? 'nobody holds it' : `${machine} holds it`),
    label: (id: string, state: string) => `Process ${id}, ${state}`,
    state: { running: 'running', paused: 'paused', down: 'down' },
    stateName: 'State',
    machine: 'Machine',
    handled: 'Messages handled',
    loops: 'Control loops',
    loop: loopText,
    kill: 'Kill process',
  },
  parts: {
    etcd: 'etcd',
    revision: 'revision',
    etcdKeys: (keys: number, size: string) => `${keys} keys · ${size}`,
    ...enMembers,
    apiServer: 'API server',
    watches: 'watches',
    writesPerSecond: 'writes/s',
    renewalsPerSecond: 'lease renewals/s',
    noWriteYet: 'no write yet',
    write: (write: WriteRecord) => {
      const { verb, resource, subresource, namespace, name } = write;
      const object = qualified({ namespace: namespace === 'default' ? '' : namespace, name });
      const [plural = resource] = resource.split('.', 1);
      const kind = subresource === '' ? plural : `${plural}/${subresource}`;
      if (subresource === 'binding') return `${writer(write)} bound ${object}`;
      return `${writer(write)} ${pastTense[verb]} ${kind} ${object}`;
    },
    scheduler: 'Scheduler',
    queues: (active: number, backoff: number, unschedulable: number) =>
      [
        active > 0 ? `${active} active` : '',
        backoff > 0 ? `${backoff} in backoff` : '',
        unschedulable > 0 ? `${unschedulable} unschedulable` : '',
      ]
        .filter((part) => part !== '')
        .join(' · ') || 'queue empty',
    waitingPods: (pods: number) => `Pods without a node: ${pods}`,
    podsWait: (pods: number) => `${pods} waiting`,
    nothingWaits: 'no pod waits',
    more: (pods: number) => `+${pods}`,
    controllerManager: 'Controller manager',
    idleLoops: (idle: number) => count(idle, 'loop idle', 'loops idle'),
  },
  group: enGroup,
  machineFault: enMachineFaults,
  faultName: enFaultNames,
  workload: {
    replicas: 'Replicas',
    replicasOf: (name: string) => `Replicas of ${name}`,
    scaleUp: (name: string) => `Scale ${name} up`,
    scaleDown: (name: string) => `Scale ${name} down`,
    readyOf: (ready: number, all: number) => `${ready} of ${all} ready`,
    desired: 'Desired',
    current: 'Current',
    updated: 'Up to date',
    ready: 'Ready',
    available: 'Available',
    revision: 'Revision',
    pods: 'Pods',
  },
  service: {
    type: 'Type',
    clusterIP: 'Cluster IP',
    ports: 'Ports',
    endpoints: 'Endpoints',
    line: ({ ports, readyEndpoints }: ServiceRecord) =>
      `${ports.join(' ')} · ${count(readyEndpoints, 'endpoint', 'endpoints')}`,
  },
  overview: {
    kind: 'Cluster',
    title: 'Overview',
    figures: (ready: number, nodes: number, pods: number) =>
      `${ready} of ${nodes} nodes Ready · ${count(pods, 'pod', 'pods')}`,
    deployments: 'Deployments',
    noDeployments: 'None yet. Apply a manifest to begin.',
    services: 'Services',
    noServices: 'None yet.',
    legend: 'Shape is state, colour is owner',
    hint: 'Drag a machine to see the power-off dock, or select one and press Del.',
  },
  inspector: {
    name: 'Inspector',
    close: 'Close (Esc)',
    resize: 'Width of the inspector',
    tabs: 'Views of the selected thing',
    tab: { summary: 'Summary', yaml: 'YAML', events: 'Events', logs: 'Logs', history: 'History', why: 'Why' },
    kindLine: ({ kind, namespace }: Subject) => (namespace === '' ? kind : `${kind} · ${namespace}`),
    gone: 'It is gone from the API.',
    asking: 'Asking the engine…',
    age: 'Age',
    owner: 'Owner',
    ownerName: (kind: string, name: string) => `${kind} ${name}`,
    labels: 'Labels',
    conditions: 'Conditions',
    refresh: 'Refresh',
    yamlOf: (kind: string, name: string) => `YAML of ${kind} ${name}`,
    remove: (kind: string) => `Delete ${kind}`,
    noEvents: 'No Events about it.',
    eventSource: (component: string, times: number) => (times > 1 ? `${component}, ${times} times` : component),
  },
  why: {
    nothing: 'Nothing is recorded about it yet.',
    incomplete: 'What came before is no longer kept.',
    actor: (actor: string) => (actor === 'you' ? 'You' : actor),
    about: ({ kind, name }: Subject) => `${kind} ${name}`,
  },
  scheduler: enScheduler,
  verdicts: enVerdicts,
  command: enCommand,
  terminal: enTerminal,
  log: {
    panel: 'Event log',
    name: 'Events',
  },
  timeline: {
    name: 'Timeline',
    now: 'Now',
    markers: 'Markers',
    marker: enMarker,
  },
  editor: {
    name: 'Apply a manifest',
    close: 'Close (Esc)',
    manifest: 'Manifest',
    samples: 'Samples',
    apply: 'Apply',
    applyHint: 'as kubectl apply -f -',
    applyKeys: 'Ctrl+Enter',
    outcome: 'What became of it',
    empty: 'Nothing to apply: paste a manifest, or take a sample.',
  },
  samples,
  notice: {
    name: 'Messages',
    dismiss: 'Dismiss',
    powerOff: (machine: string) => `${machine} has no power.`,
    cableCut: (machine: string) => `The cable of ${machine} is cut. Its pods run on.`,
    cableCutIn: (machine: string) => `${machine} hears nobody, and is still heard.`,
    cableCutOut: (machine: string) => `Nobody hears ${machine}, which still hears all.`,
    podDeleted: (pod: string) => `Pod ${pod} is being deleted. Whoever owns it makes another.`,
    podStays: (pod: string, from: string, to: string) =>
      `Pods are not moved, they are replaced: ${pod} stays on ${from}. For another on ${to}: cordon ${from} and delete the pod, or use affinity.`,
    deletePod: 'Delete the pod',
  },
  crash: {
    panel: (name: string) => `${name} has failed. The rest goes on.`,
    tryAgain: 'Try again',
    title: 'The engine has stopped: this is our bug',
    explanation: 'The simulation threw an error. With the report it can be replayed exactly.',
    where: (seed: number, events: number) => `Seed ${seed}, event ${events}`,
    stack: 'Error',
    report: 'Report',
    copy: 'Copy report',
    copied: 'Copied',
    resume: 'Go on from the last checkpoint',
    close: 'Close',
  },
};

/** What a language's catalogue must hold. */
export type Catalogue = typeof en;
