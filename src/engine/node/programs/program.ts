/**
 * What a container can run: a service declared as data, or a shell command line. A service says how long it takes
 * to start, what it answers on which port, what it writes, what it needs, and how it dies.
 */
import { MILLISECOND, SECOND, type Micros } from '#engine/kernel/time';

/** What one port of a service answers. */
export interface ServicePort {
  readonly port: number;
  readonly protocol: 'tcp' | 'http' | 'grpc' | 'udp';
  /** HTTP: status code by path (without query); what is missing gets `otherwise`. */
  readonly paths?: Readonly<Record<string, number>>;
  /** HTTP: status code of every other path; absent: 200. */
  readonly otherwise?: number;
  /** From this age on every HTTP path gets `failCode`: programs made to fail their liveness probe. */
  readonly failsAfter?: Micros;
  readonly failCode?: number;
  /** HTTP: the body of a success and of an error (templates); absent: none, and the status as text. */
  readonly page?: string;
  /** Other pages of a success, by path. */
  readonly pages?: Readonly<Record<string, string>>;
  readonly errorPage?: string;
  /** UDP: what comes back, by the first word of a datagram in small letters (`datagram-answer.ts`); nothing for any other. */
  readonly replies?: Readonly<Record<string, string>>;
}

/** What a service writes: templates of whole lines, see `program-texts.ts`. */
export interface ProgramLog {
  /** When it starts. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** On stdout, for each HTTP request: `{client}`, `{method}`, `{path}`, `{code}`, `{size}`, `{agent}`. */
  readonly access?: string;
}

/** The curve of a program's use over its load: a straight line, up to what its container may use. */
export interface RequestCost {
  /** CPU time of one request, µs of one core. */
  readonly cpu: Micros;
  /** Bytes that are held for each request a second. */
  readonly memory: number;
}

export interface ServiceProgram {
  /** Its main binary, e.g. `nginx`. */
  readonly name: string;
  /** From its start until it listens, µs. */
  readonly startup: Micros;
  readonly ports: readonly ServicePort[];
  readonly log: ProgramLog;
  /** At rest: bytes and thousandths of a core. */
  readonly memory: number;
  readonly milliCpu: number;
  /** What traffic costs on top of that; absent: `PER_REQUEST`. */
  readonly perRequest?: RequestCost;
  /** On the stop signal: exits with `exitCode` after so many µs; `null`: it does not care and has to be killed. */
  readonly onStop: { readonly exitCode: number; readonly after: Micros } | null;
  /** Ends by itself: so long after its start, with that code. */
  readonly finishes?: { readonly after: Micros; readonly exitCode: number; readonly output: string };
}

const MIB = 1_048_576;

/** A service with what most services have in common. */
export const service = (
  name: string,
  ports: readonly ServicePort[],
  rest: Partial<Omit<ServiceProgram, 'name' | 'ports'>> = {},
): ServiceProgram => ({
  name,
  startup: 100 * MILLISECOND,
  log: {},
  memory: 16 * MIB,
  milliCpu: 1,
  onStop: { exitCode: 0, after: 50 * MILLISECOND },
  ...rest,
  ports,
});

export const tcp = (port: number): ServicePort => ({ port, protocol: 'tcp' });
export const http = (port: number, paths?: Readonly<Record<string, number>>, otherwise = 200): ServicePort =>
  paths === undefined ? { port, protocol: 'http' } : { port, protocol: 'http', paths, otherwise };

/** The program of an image that nobody knows: listens on its declared ports, answers every path, stops when asked. */
export const genericService = (name: string, ports: readonly number[]): ServiceProgram =>
  service(
    name,
    ports.map((port) => http(port)),
    { startup: 500 * MILLISECOND, memory: 64 * MIB, onStop: { exitCode: 0, after: 100 * MILLISECOND } },
  );

/** The code that an HTTP GET of `path` gets from a service of this age (µs since it listens). */
export function httpCode(port: ServicePort, path: string, age: Micros): number {
  if (port.failsAfter !== undefined && age >= port.failsAfter) return port.failCode ?? 500;
  const question = path.indexOf('?');
  const bare = question < 0 ? path : path.slice(0, question);
  return port.paths?.[bare === '' ? '/' : bare] ?? port.otherwise ?? 200;
}

/** A program that works for a while and ends. */
export const task = (name: string, seconds: number, output: string): ServiceProgram =>
  service(name, [], { finishes: { after: seconds * SECOND, exitCode: 0, output }, onStop: null });
