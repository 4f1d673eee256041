/**
 * What a container runs: its image's entry point and command, replaced by the pod's `command` and `args`, become a
 * service of the image, a shell, or the runtime's refusal to start.
 */
import { MILLISECOND } from '#engine/kernel/time';
import type { ImageReference } from '../images/reference';
import type { ContainerConfig } from '../runtime/cri';
import { catalogueImage } from './catalogue';
import type { CatalogueImage } from './catalogue-image';
import { genericService, service, type ServiceProgram } from './program';
import { bareName } from './shell/bare-name';
import type { ShellHost } from './shell/host';
import { shell } from './shell/shell';
import { newShell, type ShellState } from './shell/state';

export type Launch =
  | { readonly of: 'service'; readonly program: ServiceProgram }
  | { readonly of: 'shell'; readonly shell: ShellState }
  /** runc's complaint; the container ends with `StartError`, code 128. */
  | { readonly of: 'start-error'; readonly message: string };

/** Scripts that official images put before their command; they start what follows. */
const ENTRYPOINT_SCRIPTS = [
  '/docker-entrypoint.sh',
  'docker-entrypoint.sh',
  'docker-php-entrypoint',
  '/entrypoint.sh',
  'tini',
  '--',
];
const SHELLS = ['sh', 'bash', 'ash', 'dash'];
const SHELL_WORDS = [
  'sleep',
  'echo',
  'true',
  'false',
  'cat',
  'tail',
  'date',
  'env',
  'printenv',
  'ls',
  'touch',
  'test',
  'printf',
  'seq',
  'timeout',
  'hostname',
  'id',
  'whoami',
  'uname',
];

/** What starts when this container starts. `host` tells which commands there are; a service does without. */
export function launch(reference: ImageReference, config: ContainerConfig, host: () => ShellHost): Launch {
  const image = catalogueImage(reference.repository);
  return image === undefined ? launchUnknown(reference, config, host) : launchKnown(image, config, host);
}

/** The arguments of the first process. */
export function argumentsOf(image: CatalogueImage | undefined, config: ContainerConfig): readonly string[] {
  const entrypoint = config.command.length > 0 ? config.command : (image?.entrypoint ?? []);
  const rest = config.args.length > 0 ? config.args : config.command.length > 0 ? [] : (image?.cmd ?? []);
  return [...entrypoint, ...rest];
}

function launchUnknown(reference: ImageReference, config: ContainerConfig, host: () => ShellHost): Launch {
  const argv =
    config.command.length > 0 || SHELLS.includes(bareName(config.args[0] ?? '')) ? argumentsOf(undefined, config) : [];
  const name = bareName(argv[0] ?? '');
  if (SHELLS.includes(name) || SHELL_WORDS.includes(name))
    return { of: 'shell', shell: shellFor(argv, config, host().tools) };
  return { of: 'service', program: genericService(argv[0] ?? reference.path, config.ports) };
}

function launchKnown(image: CatalogueImage, config: ContainerConfig, hostOf: () => ShellHost): Launch {
  let argv = argumentsOf(image, config);
  while (argv.length > 1 && ENTRYPOINT_SCRIPTS.includes(argv[0] ?? '')) argv = argv.slice(1);
  if ((argv[0] ?? '').startsWith('-') && image.cmd.length > 0) argv = [image.cmd[0] ?? '', ...argv];
  if (argv[0] === '/agnhost') argv = argv.slice(1);

  const first = argv[0] ?? '';
  const program = programOf(image, first);
  if (program !== undefined) {
    const { configured: adapted = configured } = image;
    return { of: 'service', program: adapted(withNeeds(image, program, config), config, argv) };
  }
  const host = hostOf();
  if (SHELLS.includes(bareName(first)) && image.shell !== 'none')
    return { of: 'shell', shell: shellFor(argv, config, host.tools) };
  if (shell.code.commandExists(first, host)) return { of: 'shell', shell: shellFor(argv, config, host.tools) };
  return { of: 'start-error', message: startErrorMessage(first) };
}

/** A service of the image by the name, or the last part of the path, of its binary. */
export function programOf(image: CatalogueImage | undefined, name: string): ServiceProgram | undefined {
  if (image === undefined || name === '') return undefined;
  if (Object.hasOwn(image.binaries, name)) return image.binaries[name];
  const last = name.slice(name.lastIndexOf('/') + 1);
  return Object.hasOwn(image.binaries, last) ? image.binaries[last] : undefined;
}

/** @source containerd internal/cri/server/container_start.go; runc libcontainer (executable lookup) */
export function startErrorMessage(name: string): string {
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${executableError(name)}: unknown`;
}

/** Go's `exec.LookPath` error. */
export const executableError = (name: string): string =>
  name.includes('/')
    ? `exec: "${name}": stat ${name}: no such file or directory`
    : `exec: "${name}": executable file not found in $PATH`;

/** An official database image without its password ends at once, saying so. */
function withNeeds(image: CatalogueImage, program: ServiceProgram, config: ContainerConfig): ServiceProgram {
  const needs = image.needs;
  if (needs === undefined || needs.oneOf.some((name) => (config.env[name] ?? '') !== '')) return program;
  return service(program.name, [], { finishes: { after: 300 * MILLISECOND, exitCode: 1, output: needs.log } });
}

/** `-listen=:8080`, `--port=8080` and `-p 6380` move the first port. */
function configured(program: ServiceProgram, _config: ContainerConfig, argv: readonly string[]): ServiceProgram {
  const first = program.ports[0];
  if (first === undefined) return program;
  for (const [i, arg] of argv.entries()) {
    const match = /^--?(?:listen|port|http-port|bind)(?:=(?:[0-9a-z.]*:)?([0-9]{1,5}))?$/.exec(arg);
    if (match === null) continue;
    const port = Number(match[1] ?? argv[i + 1]);
    if (Number.isInteger(port) && port > 0)
      return { ...program, ports: [{ ...first, port }, ...program.ports.slice(1)] };
  }
  return program;
}

/** A shell that does what `argv` says. */
export function shellFor(
  argv: readonly string[],
  config: Pick<ContainerConfig, 'env' | 'workingDir' | 'stdin' | 'tty'>,
  tools: ShellHost['tools'] = 'busybox',
): ShellState {
  const variables = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    ...config.env,
  };
  const cwd = config.workingDir === '' ? '/' : config.workingDir;
  const name = bareName(argv[0] ?? '');
  const flag = argv.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  const interactive = SHELLS.includes(name) && argv.slice(1).every((arg) => arg.startsWith('-'));
  const given = SHELLS.includes(name) && flag > 0;
  const state = given
    ? newShell(argv[flag + 1] ?? '', variables, cwd, argv.length > flag + 2 ? argv.slice(flag + 2) : [argv[0] ?? 'sh'])
    : newShell(interactive ? '' : argv.map(quoted).join(' '), variables, cwd, [argv[0] ?? 'sh']);
  if (given) state.errexit = argv.slice(1, flag + 1).some((arg) => /^-[a-z]*e/.test(arg));
  if (!config.stdin) return state;
  state.input = { text: '', eof: false, tty: config.tty };
  if (interactive) state.console = { prompt: config.tty ? promptOf(name, tools) : '', command: '', prompted: false };
  return state;
}

/** bash says who and where one is, busybox only where, dash nothing. */
const promptOf = (shell: string, tools: ShellHost['tools']): string =>
  shell === 'bash' ? 'root@\\h:\\w# ' : tools === 'debian' ? '# ' : '\\w # ';

const quoted = (arg: string): string => (/^[A-Za-z0-9_./:=-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`);
