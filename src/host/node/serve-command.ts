/** `kubarium serve`: a cluster that runs on its own and serves the Kubernetes API on loopback. */
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { type AuditPolicy, auditPolicyErrors } from '#engine/api/audit-policy';
import { type SchedulerConfiguration, schedulerConfigurationErrors } from '#engine/cluster/scheduler-configuration';
import type { ClusterSpec, NodeGroup } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import './late-models';
import { withNodeGroups } from '#engine/cluster/node-groups';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { addonObjects, ADDONS } from '#scenarios/addons/addons';
import { Readiness } from '#host/worker/readiness';
import type { Command } from './args';
import { Documents, readModels } from './documents';
import { type ExitCode, type Io, reasonOf, reportBug } from './io';
import type { Models } from '#engine/api/openapi/models';
import { type Certificates, newCertificates } from './serve/certificates';
import { Conductor } from './serve/conductor';
import { kubeconfigText } from './serve/kubeconfig';
import { NodePorts } from './serve/node-ports';
import { type RunningServer, startServer } from './serve/server';
import { readSpeed, sideWindow } from './serve/side-window';

const MAX_SEED = 2 ** 32 - 1;
const MAX_NODES = 5_000;
const MAX_ZONES = 26;
/** Each has an etcd member. @source etcd documentation, FAQ (at most 7 members) */
const MAX_CONTROL_PLANES = 7;

export const SERVE: Command = {
  name: 'serve',
  operand: null,
  options: {
    port: 'PORT',
    nodes: 'N',
    'control-planes': 'N',
    zones: 'N',
    seed: 'N',
    speed: 'X',
    kubeconfig: 'FILE',
    'audit-policy': 'FILE',
    'scheduler-config': 'FILE',
    addons: 'LIST',
    'node-groups': 'GROUPS',
  },
  help: `Usage: kubarium serve [--port 0] [--nodes 3] [--control-planes 1] [--zones 1] [--seed 1] [--speed 1] [--kubeconfig FILE]
       [--audit-policy FILE] [--scheduler-config FILE] [--addons LIST]
       [--node-groups GROUPS]

Runs a cluster and serves the Kubernetes API on 127.0.0.1, for kubectl and every other client. Prints one JSON line
{"ready":true,"server":URL,"kubeconfig":PATH} once all nodes are Ready, and runs until it is told to end (Ctrl-C).

  --port PORT            0: the system chooses one that is free
  --nodes N              workers, from 1 to ${MAX_NODES}
  --control-planes N     from 1 to ${MAX_CONTROL_PLANES}
  --zones N              from 1 to ${MAX_ZONES}
  --seed N               a whole number from 0
  --speed X              virtual over real time: 1, 20, 0.5 or max; requests are answered at once at any speed
  --kubeconfig FILE      puts the context kubarium into FILE (created when missing) and chooses it there;
                         without it a file of its own that goes away with the server
  --scheduler-config FILE
                         profiles and plug-ins of the schedulers: a KubeSchedulerConfiguration
  --node-groups GROUPS   MIN:MAX:NAME of groups of workers that the cluster-autoscaler has the cloud add and
                         take away, with commas between them, e.g. 0:3:pool
  --audit-policy FILE    what the API servers tell of requests in their logs (kubectl logs -n kube-system)
  --addons LIST          what is installed from the start, with commas between: ${ADDONS.join(', ')}
  -h, --help             this text

The URL takes plain HTTP as the administrator; the kubeconfig uses HTTPS on the same port with a client certificate.
URL/_sim/ is the side window: pace, machines, faults, causes, recording, save and restore.
Exit code: 0 it was told to end, 2 it could not begin (bad arguments, a taken port, an unwritable file),
70 the engine broke (a bug).
`,
};

/** As cluster-autoscaler's own flag `--nodes` has it. @returns why not, when they cannot be read */
function readNodeGroups(text: string, cluster: ClusterSpec): ClusterSpec | string {
  if (text === '') return cluster;
  const { nodeMilliCpu: milliCpu, nodeMemory: memory, nodePods: pods } = cluster;
  const groups: NodeGroup[] = [];
  for (const each of text.split(',')) {
    const [, min, max, name] = /^(\d{1,4}):(\d{1,4}):([a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?)$/.exec(each) ?? [];
    if (name === undefined || Number(max) < Math.max(1, Number(min)) || groups.some((other) => other.name === name))
      return `--node-groups: "${each}" is not MIN:MAX:NAME, such as 0:3:pool`;
    groups.push({ name, min: Number(min), max: Number(max), zone: 'zone-a', milliCpu, memory, pods });
  }
  return withNodeGroups(cluster, groups);
}

/** The names under which the server may be called. @source kubernetes cmd/kubeadm/app/util/pkiutil (GetAPIServerAltNames) */
const SERVER_NAMES = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', '127.0.0.1', '::1'];
/** Virtual time between two looks whether the cluster is up: µs. */
const LOOK_EVERY = 100_000;

interface Settings {
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly cluster: ClusterSpec;
}

/** Resolves when the server has ended. `ended` settles when it is told to. Without models there is no OpenAPI. */
export async function serveCommand(
  options: Readonly<Record<string, string>>,
  io: Io,
  ended: Promise<void> = untilSignalled(),
  models: Models | null = readModels(),
): Promise<ExitCode> {
  const complain = (message: string): ExitCode => {
    io.stderr(`kubarium: ${message}\n`);
    return 2;
  };
  const settings = readSettings(options);
  if (typeof settings === 'string') return complain(settings);
  const audit = readPart(options['audit-policy'], io, auditPolicyErrors, (auditPolicy: AuditPolicy) => ({
    auditPolicy,
  }));
  if (typeof audit === 'string') return complain(audit);
  const scheduling = readPart(
    options['scheduler-config'],
    io,
    schedulerConfigurationErrors,
    (schedulerConfiguration: SchedulerConfiguration) => ({ schedulerConfiguration }),
  );
  if (typeof scheduling === 'string') return complain(scheduling);
  const { port, seed, speed } = settings;
  const groups = readNodeGroups(options['node-groups'] ?? '', settings.cluster);
  if (typeof groups === 'string') return complain(groups);
  const cluster = { ...groups, ...audit, ...scheduling };
  const certificates = newCertificates(SERVER_NAMES, Date.now());
  const file = kubeconfigFile(options['kubeconfig']);
  try {
    file.check(certificates);
  } catch (error) {
    return complain(`cannot write ${file.path}: ${reasonOf(error)}`);
  }
  const engine = newEngine({ seed, cluster });
  let broken: { readonly error: unknown } | null = null;
  let breakDown: () => void = () => undefined;
  const brokeDown = new Promise<void>((resolve) => (breakDown = resolve));
  const conductor = new Conductor(
    engine,
    { speed: 1, paused: true },
    {
      now: () => performance.now(),
      later: (delay, call) => void (delay === 0 ? setImmediate(call) : setTimeout(call, delay)),
      broken(error) {
        broken = { error };
        breakDown();
      },
    },
  );
  const nodePorts = new NodePorts(conductor, (text) => io.stderr(`kubarium: ${text}\n`));
  let server: RunningServer;
  try {
    const documents = models === null ? null : new Documents(models);
    const side = sideWindow(conductor, nodePorts);
    server = await startServer({ conductor, certificates, sideWindow: side, documents, port });
  } catch (error) {
    conductor.stop();
    nodePorts.close();
    file.remove();
    return complain(`cannot listen on port ${port}: ${reasonOf(error)}`);
  }
  const end = Promise.race([ended, brokeDown]);
  const up = await Promise.race([end.then(() => false), cameUp(conductor, cluster)]);
  if (up) {
    conductor.setPace({ speed, paused: false });
    file.write(`https://127.0.0.1:${server.port}`, certificates);
    io.stdout(`${JSON.stringify({ ready: true, server: `http://127.0.0.1:${server.port}`, kubeconfig: file.path })}\n`);
  }
  await end;
  conductor.stop();
  nodePorts.close();
  await server.close();
  file.remove();
  return broken === null ? 0 : reportBug((broken as { readonly error: unknown }).error, seed, engine.now, io);
}

/** Runs as fast as it goes until `/readyz` is ok and all nodes are Ready. */
async function cameUp(conductor: Conductor, cluster: ClusterSpec): Promise<boolean> {
  const readiness = new Readiness(cluster);
  let { cursor } = conductor.engine.observe(null);
  for (;;) {
    await conductor.advance(LOOK_EVERY);
    const frame = conductor.engine.observe(cursor);
    cursor = frame.cursor;
    if (readiness.seen(frame) && (await isReady(conductor))) return true;
  }
}

const isReady = (conductor: Conductor): Promise<boolean> =>
  new Promise((resolve) => {
    conductor.ask({ method: 'GET', path: '/readyz' }, (message) =>
      resolve(message?.type === 'api/response' && message.code === 200),
    );
  });

function readSettings(options: Readonly<Record<string, string>>): Settings | string {
  let problem = '';
  const integer = (name: string, min: number, max: number, otherwise: number): number => {
    const text = options[name];
    if (text === undefined) return otherwise;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    problem ||= `--${name} must be a whole number from ${min} to ${max}, is "${text}"`;
    return otherwise;
  };
  const speed = readSpeed(options['speed'] ?? '1');
  const nodes = integer('nodes', 1, MAX_NODES, 3);
  const addons = (options['addons'] ?? '').split(',').filter((name) => name !== '');
  const unknown = addons.find((name) => !ADDONS.some((known) => known === name));
  if (unknown !== undefined) problem ||= `--addons has no "${unknown}"; there is ${ADDONS.join(', ')}`;
  const settings = {
    port: integer('port', 0, 65_535, 0),
    seed: integer('seed', 0, MAX_SEED, 1),
    speed: speed ?? 1,
    cluster: {
      ...DEFAULT_CLUSTER,
      nodes,
      zones: integer('zones', 1, MAX_ZONES, 1),
      controlPlanes: integer('control-planes', 1, MAX_CONTROL_PLANES, 1),
      manifests: ADDONS.filter((name) => addons.includes(name)).map(addonObjects),
    },
  };
  if (speed === null) problem ||= `--speed must be a number above 0 or max, is "${options['speed']}"`;
  return problem === '' ? settings : problem;
}

/** What a file says, as a part of the cluster; a text is what is wrong with it. */
function readPart<T>(
  path: string | undefined,
  io: Io,
  errorsOf: (value: unknown) => readonly string[],
  partOf: (value: T) => Partial<ClusterSpec>,
): Partial<ClusterSpec> | string {
  if (path === undefined) return {};
  let value: unknown;
  try {
    value = parse(io.readFile(path));
  } catch (error) {
    return `cannot read ${path}: ${reasonOf(error)}`;
  }
  const errors = errorsOf(value);
  return errors.length === 0 ? partOf(value as T) : `${errors.join('; ')}: from file ${path}`;
}

interface KubeconfigFile {
  readonly path: string;
  /** @throws Error when it could not be written */
  check(certificates: Certificates): void;
  write(server: string, certificates: Certificates): void;
  /** Takes it away, if it is the server's own. */
  remove(): void;
}

/** The file that was named, or one of its own in a folder for temporary files. */
function kubeconfigFile(named: string | undefined): KubeconfigFile {
  const path = named === undefined ? join(mkdtempSync(join(tmpdir(), 'kubarium-')), 'kubeconfig') : resolve(named);
  const text = (server: string, certificates: Certificates): string =>
    kubeconfigText(existsSync(path) ? readFileSync(path, 'utf8') : null, server, certificates);
  return {
    path,
    check(certificates) {
      text('', certificates);
      accessSync(dirname(path), constants.W_OK);
    },
    write(server, certificates) {
      const next = `${path}.${process.pid}`;
      writeFileSync(next, text(server, certificates), { mode: 0o600 });
      renameSync(next, path);
    },
    remove() {
      if (named === undefined) rmSync(dirname(path), { recursive: true, force: true });
    },
  };
}

/** Ctrl-C, or a polite kill. A second one ends it at once. */
function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
