/**
 * A tiny made-up cluster for developing the page: it knows how a story of boot, app, power cut and healing looks in
 * records, with Kubernetes' usual delays. It is no simulation, and nothing of it is in a production build.
 */
import type { Fault, NodeRecord, ProcessRecord, SandboxRecord } from '#engine/cluster/records';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { machine, node, pod, process, service, workload } from './builders';
import { StoryBook } from './story-book';
import { MASTER_PROCESSES, standingOf, workerProcesses } from './story-group';

const HEARTBEAT_EVERY = 10 * SECOND;
const GRACE_PERIOD = 50 * SECOND;
const TOLERATION = 300 * SECOND;

export class StoryWorld extends StoryBook {
  constructor(workers: number, zones: number, masters: number) {
    super();
    for (let number = 1; number <= masters; number++) {
      const name = `control-plane-${number}`;
      const processes = MASTER_PROCESSES.map((part) => process(name, part));
      this.putMachine(
        machine(name, { role: 'control-plane', zone: `zone-${'abcdef'[(number - 1) % zones] ?? 'a'}`, processes }),
      );
      this.after((200 + 100 * number) * MILLISECOND, () => this.register(name));
    }
    this.putObject({ ...service('default'), kind: 'Namespace', uid: 'namespace/default', namespace: '' });
    this.putObject({ ...service('kube-system'), kind: 'Namespace', uid: 'namespace/kube-system', namespace: '' });
    for (let index = 0; index < workers; index++) this.addWorker(`zone-${'abcdef'[index % zones] ?? 'a'}`, index * 150);
    this.every(HEARTBEAT_EVERY / 8, () => this.beat());
  }

  addWorker(zone: string, delayMs = 0): void {
    const name = `node-${[...this.machines.values()].filter(({ role }) => role === 'worker').length + 1}`;
    this.putMachine(machine(name, { zone, power: 'booting', processes: workerProcesses(name, this.machines) }));
    this.after((400 + delayMs) * MILLISECOND, () => this.register(name));
  }

  removeWorker(name: string): void {
    this.dropMachine(name);
    this.dropObject(`node/${name}`);
  }

  private register(name: string): void {
    const known = this.machines.get(name);
    if (!known) return;
    this.putMachine({ ...known, power: 'on', bootedAt: this.now });
    const number = Number(name.replace(/\D+/g, ''));
    const isMaster = known.role === 'control-plane';
    this.putObject(
      node(name, {
        ready: 'False',
        createdAt: this.now,
        lastHeartbeat: this.now,
        podCIDR: `10.244.${isMaster ? 0 : number}.0/24`,
        internalIP: `192.168.0.${10 + number}`,
        roles: isMaster ? ['control-plane'] : [],
        taints: isMaster ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule', since: null }] : [],
      }),
    );
    this.write(`${name}/kubelet`, 'create', 'nodes', '', name);
    this.tell(
      'Node',
      '',
      name,
      'Normal',
      'RegisteredNode',
      `Node ${name} event: Registered Node ${name} in Controller`,
    );
    this.after(500 * MILLISECOND, () => this.setReady(name, 'True'));
  }

  private setReady(name: string, ready: NodeRecord['ready']): void {
    const record = this.nodeOf(name);
    if (!record || record.ready === ready) return;
    const down = ready !== 'True';
    this.putObject({
      ...record,
      ready,
      taints: down ? [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', since: this.now }] : [],
    });
    this.tell(
      'Node',
      '',
      name,
      down ? 'Warning' : 'Normal',
      down ? 'NodeNotReady' : 'NodeReady',
      `Node ${name} status is now: ${down ? 'NodeNotReady' : 'NodeReady'}`,
    );
  }

  private beat(): void {
    const slot = Math.round(this.now / (HEARTBEAT_EVERY / 8)) % 8;
    for (const [index, record] of [...this.machines.values()].entries()) {
      const registered = this.nodeOf(record.name);
      if (index % 8 !== slot || record.power !== 'on' || !record.cable.out || !registered) continue;
      this.putObject({ ...registered, lastHeartbeat: this.now });
      this.beatOf(record.name);
      if (registered.ready !== 'True') this.setReady(record.name, 'True');
    }
    this.refreshMasters();
  }

  private refreshMasters(): void {
    const masters = [...this.machines.values()].filter(({ role }) => role === 'control-plane');
    const waiting = this.pods().filter((record) => record.node === null).length;
    this.serial++;
    const facts: Record<string, ProcessRecord['facts']> = {
      etcd: { revision: this.serial + 900, keys: this.objects.size, dbBytes: 1_200_000 + this.serial * 90 },
      'kube-apiserver': { watchesOpen: 40 + this.machines.size * 6, writes: this.serial },
      'kube-scheduler': { active: waiting > 6 ? 1 : 0, backoff: 0, unschedulable: waiting },
      'kube-controller-manager': {
        'queue:deployment': 0,
        'queue:replicaset': waiting > 0 ? 1 : 0,
        'queue:endpointslice': 0,
        'queue:node-lifecycle': this.faults.length,
        'queue:garbagecollector': 0,
      },
    };
    const group = {
      living: masters.filter(({ power }) => power === 'on').map(({ name }) => name),
      end: this.serial + 940,
    };
    const names = masters.map(({ name }) => name);
    for (const master of masters) {
      const isOff = master.power !== 'on';
      this.putMachine({
        ...master,
        processes: master.processes.map((entry) => ({
          ...entry,
          ...standingOf(master.name, entry.name, names, group),
          state: isOff ? 'down' : 'running',
          handled: entry.handled + 1,
          facts: isOff ? {} : (facts[entry.name] ?? {}),
        })),
      });
    }
  }

  /** A Deployment with its pods. */
  deploy(name: string, replicas: number, status = 'Running'): void {
    this.putObject(
      workload(name, { desired: replicas, current: replicas, ready: 0, available: 0, createdAt: this.now }),
    );
    this.putObject(service(name, { endpoints: replicas, readyEndpoints: 0, createdAt: this.now }));
    this.write('control-plane-1/kube-apiserver', 'create', 'deployments', 'default', name);
    for (let index = 0; index < replicas; index++) {
      this.after((40 + index * 30) * MILLISECOND, () => this.createPod(name, status));
    }
  }

  scale(name: string, replicas: number): void {
    const owner = this.objects.get(`deployment/${name}`);
    if (owner?.kind !== 'Deployment') return;
    this.putObject({ ...owner, desired: replicas });
    const mine = this.pods().filter((record) => record.app.endsWith(`/${name}`) && record.deletionAt === null);
    for (let index = mine.length; index < replicas; index++) this.createPod(name, 'Running');
    for (const record of mine.slice(replicas)) this.deletePod(record.uid);
  }

  private createPod(app: string, status: string): void {
    const id = (++this.serial * 7919).toString(36).padStart(5, 'x').slice(-5);
    const name = `${app}-6d9f7c-${id}`;
    const record = pod(name, {
      node: null,
      status: 'Pending',
      phase: 'Pending',
      ready: false,
      readyContainers: 0,
      createdAt: this.now,
      app: `Deployment/default/${app}`,
      owner: { kind: 'ReplicaSet', name: `${app}-6d9f7c`, uid: `rs/${app}` },
      labels: { app, 'pod-template-hash': '6d9f7c' },
      ip: null,
    });
    this.putObject(record);
    this.write('control-plane-1/kube-controller-manager', 'create', 'pods', 'default', name);
    this.tell('ReplicaSet', 'default', `${app}-6d9f7c`, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`);
    this.after(250 * MILLISECOND, () => this.bind(record.uid, status));
  }

  private bind(uid: string, status: string): void {
    const record = this.objects.get(uid);
    if (record?.kind !== 'Pod' || record.node !== null) return;
    const room = [...this.machines.values()]
      .filter(
        ({ role, name, power }) => role === 'worker' && power !== 'booting' && this.nodeOf(name)?.ready === 'True',
      )
      .map(({ name }) => ({ name, pods: this.pods().filter((other) => other.node === name).length }))
      .filter(({ pods }) => pods < 40)
      .sort((a, b) => a.pods - b.pods)[0];
    if (!room) {
      const message = `0/${this.machines.size} nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, ${this.machines.size - 1} Insufficient cpu.`;
      this.putObject({ ...record, message });
      this.tell('Pod', 'default', record.name, 'Warning', 'FailedScheduling', message);
      this.after(30 * SECOND, () => this.bind(uid, status));
      return;
    }
    const target = this.nodeOf(room.name);
    if (target) {
      const pods = room.pods + 1;
      this.putObject({ ...target, requested: { milliCpu: pods * 100, memory: pods * 2 ** 27, pods } });
    }
    this.putObject({ ...record, node: room.name, status: 'ContainerCreating', message: null });
    this.write('control-plane-1/kube-scheduler', 'create', 'pods', 'default', record.name, 'binding');
    this.tell(
      'Pod',
      'default',
      record.name,
      'Normal',
      'Scheduled',
      `Successfully assigned default/${record.name} to ${room.name}`,
    );
    this.count({
      id: `pull/${uid}`,
      subject: record,
      what: 'image-pull',
      startedAt: this.now,
      endsAt: this.now + 2 * SECOND,
      text: 'pulling nginx:1.27 (41 MB)',
    });
    this.after(2 * SECOND, () => this.start(uid, status));
  }

  private start(uid: string, status: string): void {
    const record = this.objects.get(uid);
    if (record?.kind !== 'Pod' || record.node === null || record.deletionAt !== null) return;
    const home = this.machines.get(record.node);
    if (home?.power !== 'on') return;
    const running = status === 'Running' || status === 'NotReady';
    const sandbox: SandboxRecord = {
      podUid: uid,
      namespace: record.namespace,
      name: record.name,
      running: running ? 1 : 0,
      containers: 1,
    };
    this.putMachine({ ...home, sandboxes: [...home.sandboxes, sandbox] });
    this.putObject({
      ...record,
      status: status === 'NotReady' ? 'Running' : status,
      phase: 'Running',
      ready: status === 'Running',
      readyContainers: status === 'Running' ? 1 : 0,
      ip: '10.244.1.9',
      restarts: status === 'CrashLoopBackOff' ? 3 : 0,
    });
    this.write(`${record.node}/kubelet`, 'patch', 'pods', 'default', record.name, 'status');
    this.tell(
      'Pod',
      'default',
      record.name,
      running ? 'Normal' : 'Warning',
      running ? 'Started' : 'BackOff',
      running ? 'Container started' : 'Back-off restarting failed container',
    );
    if (status === 'CrashLoopBackOff')
      this.count({
        id: `back-off/${uid}`,
        subject: record,
        what: 'back-off',
        startedAt: this.now,
        endsAt: this.now + 160 * SECOND,
        text: 'back-off of 160 s before the next start',
      });
    this.recount(record.app);
  }

  private recount(app: string): void {
    const name = app.slice(app.lastIndexOf('/') + 1);
    const owner = this.objects.get(`deployment/${name}`);
    if (owner?.kind !== 'Deployment') return;
    const ready = this.pods().filter(
      (record) => record.app === app && record.ready && record.deletionAt === null,
    ).length;
    this.putObject({ ...owner, ready, available: ready });
    const front = this.objects.get(`service/${name}`);
    if (front?.kind === 'Service') this.putObject({ ...front, readyEndpoints: ready });
  }

  deletePod(uid: string): void {
    const record = this.objects.get(uid);
    if (record?.kind !== 'Pod' || record.deletionAt !== null) return;
    this.putObject({ ...record, deletionAt: this.now + 30 * SECOND, status: 'Terminating', ready: false });
    this.tell('Pod', 'default', record.name, 'Normal', 'Killing', 'Stopping container');
    const home = record.node === null ? undefined : this.machines.get(record.node);
    if (home?.power === 'on') {
      this.count({
        id: `end/${uid}`,
        subject: record,
        what: 'termination',
        startedAt: this.now,
        endsAt: this.now + 3 * SECOND,
        text: 'termination grace period',
      });
      this.after(3 * SECOND, () => this.finish(uid));
    }
    this.recount(record.app);
  }

  private finish(uid: string): void {
    const record = this.objects.get(uid);
    if (record?.kind !== 'Pod') return;
    const home = record.node === null ? undefined : this.machines.get(record.node);
    if (home) this.putMachine({ ...home, sandboxes: home.sandboxes.filter(({ podUid }) => podUid !== uid) });
    this.dropObject(uid);
  }

  inject(id: string, fault: Fault): void {
    this.faults = [...this.faults, { id, at: this.now, fault }];
    if (fault.type === 'cut-cable') {
      const target = this.machines.get(fault.machine);
      if (target) this.putMachine({ ...target, cable: { in: false, out: false } });
    }
    if (fault.type !== 'power-off' && fault.type !== 'cut-cable') return;
    const target = this.machines.get(fault.machine);
    if (!target) return;
    if (fault.type === 'power-off') {
      this.putMachine({
        ...target,
        power: 'off',
        sandboxes: [],
        processes: target.processes.map((entry) => ({ ...entry, state: 'down' })),
      });
    }
    const since = this.nodeOf(target.name)?.lastHeartbeat ?? this.now;
    this.count({
      id: `grace/${target.name}`,
      subject: { kind: 'Node', namespace: '', name: target.name },
      what: 'grace-period',
      startedAt: since,
      endsAt: since + GRACE_PERIOD,
      text: 'no heartbeat: NotReady after 50 s',
    });
    this.after(since + GRACE_PERIOD - this.now, () => this.lose(target.name));
  }

  private lose(name: string): void {
    const record = this.machines.get(name);
    if (!record || (record.power === 'on' && record.cable.out)) return;
    this.setReady(name, 'Unknown');
    for (const victim of this.pods().filter((candidate) => candidate.node === name)) {
      this.putObject({ ...victim, ready: false });
      this.recount(victim.app);
      this.count({
        id: `toleration/${victim.uid}`,
        subject: victim,
        what: 'toleration',
        startedAt: this.now,
        endsAt: this.now + TOLERATION,
        text: 'unreachable is tolerated for 300 s',
      });
      this.after(TOLERATION, () => {
        const home = this.machines.get(name);
        if (home?.power === 'on' && home.cable.out) return;
        this.tell(
          'Pod',
          'default',
          victim.name,
          'Normal',
          'TaintManagerEviction',
          `Marking for deletion Pod default/${victim.name}`,
        );
        this.deletePod(victim.uid);
        this.createPod(victim.app.slice(victim.app.lastIndexOf('/') + 1), 'Running');
      });
    }
  }

  heal(id: string): void {
    const entry = this.faults.find((candidate) => candidate.id === id);
    this.faults = this.faults.filter((candidate) => candidate.id !== id);
    if (entry && 'machine' in entry.fault) this.powerOn(entry.fault.machine);
  }

  powerOn(name: string): void {
    const record = this.machines.get(name);
    if (!record) return;
    this.putMachine({
      ...record,
      power: 'on',
      cable: { in: true, out: true },
      bootedAt: this.now,
      processes: record.processes.map((entry) => ({ ...entry, state: 'running' })),
    });
    this.countdowns = this.countdowns.filter(({ id }) => id !== `grace/${name}` && !id.startsWith('toleration/'));
    this.after(2 * SECOND, () => {
      this.setReady(name, 'True');
      for (const record of this.pods().filter((candidate) => candidate.node === name)) {
        if (record.deletionAt !== null) this.finish(record.uid);
        else this.start(record.uid, 'Running');
      }
    });
  }

  cordon(name: string, unschedulable: boolean): void {
    const record = this.nodeOf(name);
    if (record) this.putObject({ ...record, unschedulable });
  }
}
