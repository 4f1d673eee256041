/**
 * Real kubectl commands against a served cluster: what each prints, to the letter, in `transcripts/`. The clock stands still
 * unless a step says that it runs, so that the outputs do not depend on the speed of this computer. To add a command, add a step, run
 * this file with `-u`, and read the difference before you accept it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, kubectlBinaries, post, RealKubectl, served, type Served } from './testing';

interface Step {
  /** What stands after `kubectl`, as one writes it in a shell (quotes, no variables). */
  readonly args: string;
  readonly stdin?: string;
  /** Virtual time goes on while the command runs, at this speed. */
  readonly speed?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A step, or so much virtual time that passes: `+12m`. */
type Line = Step | string;

const [newest = null] = kubectlBinaries().slice(-1);
const why = newest === null ? ' (skipped: there is no kubectl on PATH)' : '';

let cluster: Served;
let kubectl: RealKubectl;

/** Words of a command line, with single and double quotes. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));

const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/https?:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/127\.0\.0\.1:\d+/g, '<address>'],
  [/2026-01-01T\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/Thu, 01 Jan 2026 \d\d:\d\d:\d\d \+0000/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1"<rv>"'],
  [/(containerd:\/\/)[0-9a-f]{64}/g, '$1<id>'],
  [/ in [\d.]+m?s \([\d.]+m?s including waiting\)/g, ' in <duration>'],
  // By the clock of this computer, which is not the cluster's.
  [/ +(\d+y)?\d{2,3}d( +\(x\d+ over (\d+y)?\d+d\))? +/g, '  <age>  '],
];

const settled = (text: string): string =>
  REPLACED.reduce((so, [pattern, word]) => so.replace(pattern, word), text.replaceAll(kubectl.home, '<home>'));

const indented = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

/** Runs a story. @returns its transcript */
async function told(lines: readonly Line[]): Promise<string> {
  const parts: string[] = [];
  for (const line of lines) {
    if (typeof line === 'string') {
      await advance(cluster.url, line.slice(1));
      parts.push(`… ${line.slice(1)}\n`);
      continue;
    }
    const { args, stdin = '', speed, env } = line;
    if (speed !== undefined) await post(cluster.url, '/_sim/clock', { speed });
    const { code, stdout, stderr } = await kubectl.run(wordsOf(args), stdin, env);
    if (speed !== undefined) await post(cluster.url, '/_sim/clock', { paused: true });
    const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}='${value}' `);
    parts.push(
      `$ ${variables.join('')}kubectl ${args}${stdin === '' ? '' : ` <<'END'\n${stdin}END`}\n${settled(stdout)}${stdout === '' || stdout.endsWith('\n') ? '' : '⏎\n'}${indented(settled(stderr), '! ')}${code === 0 ? '' : `(exit ${code})\n`}`,
    );
  }
  return parts.join('\n');
}

const run = (args: string, more: Omit<Step, 'args'> = {}): Step => ({ args, ...more });

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports:
        - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
`;

const STORIES: Readonly<Record<string, readonly Line[]>> = {
  apply: [
    run('apply --validate=false -f web.yaml'),
    '+12m',
    run('rollout status deployment/web'),
    run('get all'),
    run('get deployment web -o wide'),
    run('apply --validate=false -f -', { stdin: WEB.replace('replicas: 2', 'replicas: 3') }),
    run('apply --validate=false -f web.yaml'),
    run('apply --validate=false -f web.yaml'),
    run('delete service web'),
    run('delete -f web.yaml', { speed: 100 }),
    run('get all'),
  ],
};

describe.skipIf(newest === null)(`kubectl${why}`, () => {
  beforeAll(async () => {
    cluster = await served({ nodes: '3', zones: '2' });
    kubectl = new RealKubectl(newest ?? '', cluster.kubeconfig);
    writeFileSync(join(kubectl.home, 'web.yaml'), WEB);
  });
  afterAll(async () => {
    kubectl.remove();
    await cluster.stop();
  });

  it.each(Object.entries(STORIES))(
    '%s',
    async (name, lines) => {
      await expect(await told(lines)).toMatchFileSnapshot(`transcripts/${name}.txt`);
    },
    60_000,
  );
});
