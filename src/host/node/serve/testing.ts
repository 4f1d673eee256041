/** A served cluster within the test's own process, and ways to talk to it. */
import { execFile, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Models } from '#engine/api/openapi/models';
import { serveCommand } from '../serve-command';

export interface Served {
  /** e.g. `http://127.0.0.1:38117`. */
  readonly url: string;
  readonly kubeconfig: string;
  /** What stood on its standard error. */
  errors(): string;
  /** @returns its exit code */
  stop(): Promise<number>;
}

/** Starts `kubarium serve` with these options. The clock stands still: virtual time goes as far as answers need. */
export async function served(
  options: Readonly<Record<string, string>> = {},
  paused = true,
  models: Models | null = null,
): Promise<Served> {
  let tell: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (tell = resolve));
  let errors = '';
  const ready = new Promise<string>((resolve, reject) => {
    code = serveCommand(
      options,
      {
        readFile: (path) => readFileSync(path, 'utf8'),
        writeFile: () => undefined,
        stdout: resolve,
        stderr: (text) => void (errors += text),
      },
      ended,
      models,
    );
    void code.then((exit) => reject(new Error(`it ended with ${exit}: ${errors}`)));
  });
  const { server: url, kubeconfig } = JSON.parse(await ready) as {
    readonly server: string;
    readonly kubeconfig: string;
  };
  if (paused) await post(url, '/_sim/clock', { paused: true });
  return {
    url,
    kubeconfig,
    errors: () => errors,
    stop() {
      tell();
      return code;
    },
  };
}

let code: Promise<number> = Promise.resolve(0);

const BUILDER: string = '../../../../.ci/api-models.mjs';

/** The models of OpenAPI, as the build makes them. */
export async function apiModels(): Promise<Models> {
  const builder = (await import(BUILDER)) as { apiModels(): Models };
  return builder.apiModels();
}

export interface Answered {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** One HTTP request on a connection of its own. */
export function ask(
  url: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { readonly method?: string; readonly headers?: OutgoingHttpHeaders; readonly body?: string | Buffer } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        resolve({
          code: response.statusCode ?? 0,
          headers: response.headers,
          text,
          bytes,
          get json() {
            return JSON.parse(text) as Record<string, unknown>;
          },
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

export const post = (url: string, path: string, body: unknown): Promise<Answered> =>
  ask(url, path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Lets so much virtual time pass, e.g. `30s`. */
export const advance = (url: string, span: string): Promise<Answered> => post(url, '/_sim/clock', { advance: span });

/** The kubectls of this computer, oldest first: those of several versions beside the one on PATH, or that one alone. */
export function kubectlBinaries(): readonly string[] {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kubectl'))
    .find((path) => existsSync(path));
  if (found === undefined) return [];
  const folder = dirname(realpathSync(found));
  const minorOf = (name: string): number => Number(/^kubectl\.1\.(\d+)$/.exec(name)?.[1] ?? Number.NaN);
  const versions = readdirSync(folder).filter((name) => !Number.isNaN(minorOf(name)));
  if (versions.length === 0) return [found];
  return versions.sort((a, b) => minorOf(a) - minorOf(b)).map((name) => join(folder, name));
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real kubectl with a home of its own. */
export class RealKubectl {
  readonly #binary: string;
  readonly #kubeconfig: string;
  readonly home = mkdtempSync(join(tmpdir(), 'kubarium-kubectl-'));

  constructor(binary: string, kubeconfig: string) {
    this.#binary = binary;
    this.#kubeconfig = kubeconfig;
  }

  /** Writes files into its home, by their paths there. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.home, path)), { recursive: true });
      writeFileSync(join(this.home, path), text);
    }
  }

  run(args: readonly string[], stdin = '', env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const child = execFile(
        this.#binary,
        [...args],
        {
          cwd: this.home,
          timeout: 30_000,
          maxBuffer: 64 * 1024 * 1024,
          env: {
            PATH: process.env['PATH'],
            HOME: this.home,
            KUBECONFIG: this.#kubeconfig,
            TZ: 'UTC',
            LC_ALL: 'C',
            ...env,
          },
        },
        (error, stdout, stderr) => {
          const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          resolve({ code: exit, stdout, stderr });
        },
      );
      child.stdin?.end(stdin);
    });
  }

  /** A command that goes on until it is stopped. `prints` waits until what it has printed so far matches. */
  start(args: readonly string[]): {
    readonly prints: (pattern: RegExp) => Promise<RegExpExecArray>;
    readonly stop: () => void;
  } {
    const child = spawn(this.#binary, [...args], {
      env: { PATH: process.env['PATH'], HOME: this.home, KUBECONFIG: this.#kubeconfig },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const prints = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (let found = pattern.exec(text); ; found = pattern.exec(text)) {
        if (found !== null) return found;
        await new Promise((resolve) => child.stdout.once('data', resolve));
      }
    };
    return { prints, stop: () => void child.kill() };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
