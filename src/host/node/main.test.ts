import { describe, expect, it } from 'vitest';
import { main } from './main';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Map<string, string>;
}

/** The command line on files that are held in memory; of the commands that end at once. */
function kubarium(args: readonly string[], given: Readonly<Record<string, string>> = {}): Ran {
  const files = new Map(Object.entries(given));
  let stdout = '';
  let stderr = '';
  const failure = (code: string): Error => Object.assign(new Error(code), { code });
  const code = main(args, {
    readFile(path) {
      const text = files.get(path);
      if (text === undefined) throw failure('ENOENT');
      return text;
    },
    writeFile(path, text) {
      if (path.startsWith('/forbidden/')) throw failure('EACCES');
      files.set(path, text);
    },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
  }) as number;
  return { code, stdout, stderr, files };
}

const scenario = (steps: string): string =>
  `{ apiVersion: kubarium.dev/v1, kind: Scenario, spec: { cluster: { nodes: 1, zones: 1 }, steps: [${steps}] } }`;
const holds = scenario('{ expect: nodes condition=Ready }, { wait: 5s }');
const fails = scenario('{ expect: pod/none condition=Ready }');

describe('kubarium', () => {
  it.each([[['--help']], [['-h']], [['help']]])('%s lists the commands', (args) => {
    expect(kubarium(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('run SCENARIO.yaml'), stderr: '' });
  });

  it.each([
    ['run', '--trace FILE'],
    ['replay', 'kubarium replay RECORDING.json'],
  ])('%s --help tells about the command', (command, text) => {
    for (const flag of ['--help', '-h']) {
      expect(kubarium([command, flag])).toMatchObject({ code: 0, stdout: expect.stringContaining(text), stderr: '' });
    }
  });

  it('--version says which one', () => {
    const { code, stdout } = kubarium(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kubarium \d+\.\d+\.\d+ \(kubarium\.dev\/engine-\d+\)\n$/);
  });

  it.each([
    [[], 'Usage: kubarium COMMAND'],
    [['rnu'], 'unknown command "rnu" (did you mean "run"?)'],
    [['--verbose'], 'unknown option --verbose'],
    [['run'], 'kubarium run needs SCENARIO.yaml'],
    [['run', 'a.yaml', 'b.yaml'], '"b.yaml" is one too many'],
    [['run', 'a.yaml', '--sed', '3'], 'unknown option --sed (did you mean "--seed"?)'],
    [['run', 'a.yaml', '--seed'], 'option --seed needs a value: --seed N'],
    [['run', '--seed', '--trace', 't', 'a.yaml'], 'option --seed needs a value'],
    [['run', 'a.yaml', '--seed', '1', '--seed=2'], 'option --seed stands there twice'],
    [['run', 'a.yaml', '--seed', 'x'], '--seed must be a whole number from 0 to 4294967295, is "x"'],
    [['run', 'a.yaml', '--seed', '-1'], '--seed must be a whole number'],
    [['run', 'none.yaml'], 'cannot read none.yaml: no such file'],
    [['replay'], 'kubarium replay needs RECORDING.json'],
    [['replay', 'none.json'], 'cannot read none.json: no such file'],
    [['replay', 'a.yaml', '--seed', '1'], 'unknown option --seed'],
  ])('%j is refused', (args, message) => {
    expect(kubarium(args, { 'a.yaml': holds })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });
});

describe('kubarium run', () => {
  it('exits with 0 and a report when every expectation holds', () => {
    const { code, stdout, stderr } = kubarium(['run', 'a.yaml'], { 'a.yaml': holds });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      passed: true,
      hash: expect.stringMatching(/^[0-9a-f]+$/),
      time: expect.any(Number),
    });
    expect(report['steps']).toMatchObject([
      { step: 1, ok: true, output: expect.any(String), error: '' },
      { step: 2, ok: true },
    ]);
  });

  it('exits with 1 and a report when one does not', () => {
    const { code, stdout } = kubarium(['run', 'a.yaml'], { 'a.yaml': fails });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: false,
      steps: [{ ok: false, error: expect.stringContaining('no Pod none') }],
    });
  });

  it('exits with 2 and the lines of all mistakes when the scenario is malformed', () => {
    const { code, stdout, stderr } = kubarium(['run', 'a.yaml'], {
      'a.yaml': scenario('{ wait: soon },\n { request: { path: version } }'),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^a\.yaml:1:\d+: spec\.steps\[0\]\.wait: .*\na\.yaml:2:\d+: spec\.steps\[1\]\.request\.path: .*\n$/,
    );
  });

  it('finds manifests beside the scenario and says which is missing', () => {
    const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
    const files = { '/s/a.yaml': scenario('{ apply: m/shop.yaml },{ expect: { kind: Namespace, name: shop } }') };
    expect(kubarium(['run', '/s/a.yaml'], { ...files, '/s/m/shop.yaml': namespace }).code).toBe(0);
    expect(kubarium(['run', '/s/a.yaml'], files)).toMatchObject({
      code: 2,
      stderr: '/s/a.yaml:1: cannot read the manifest m/shop.yaml: no such file\n',
    });
  });

  it('another seed gives another run, the same seed the same', () => {
    const hashOf = (seed: string): string =>
      (JSON.parse(kubarium(['run', 'a.yaml', '--seed', seed], { 'a.yaml': holds }).stdout) as { hash: string }).hash;
    expect(hashOf('7')).toBe(hashOf('7'));
    expect(hashOf('7')).not.toBe(hashOf('8'));
  });

  it('writes a trace, one JSON value a line', () => {
    const { code, files } = kubarium(['run', 'a.yaml', '--trace', 't.jsonl'], { 'a.yaml': holds });
    expect(code).toBe(0);
    const lines = files
      .get('t.jsonl')!
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.map(({ type }) => type)).toEqual(expect.arrayContaining(['write', 'event']));
  });

  it('says that a file cannot be written before it runs', () => {
    expect(kubarium(['run', 'a.yaml', '--trace', '/forbidden/t'], { 'a.yaml': holds })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'kubarium: cannot write /forbidden/t: permission denied\n',
    });
  });
});

describe('kubarium replay', () => {
  const recorded = (steps: string): string =>
    kubarium(['run', 'a.yaml', '--record', 'r.json'], { 'a.yaml': scenario(steps) }).files.get('r.json')!;
  const steps =
    '{ apply: { apiVersion: v1, kind: Namespace, metadata: { name: shop } } }, { fault: { type: power-off, machine: node-1 } }, { wait: 2m }';

  it('exits with 0 when the run ends in the recorded state', () => {
    const { code, stdout } = kubarium(['replay', 'r.json'], { 'r.json': recorded(steps) });
    expect(JSON.parse(stdout)).toMatchObject({ passed: true, inputs: 2 });
    expect(code).toBe(0);
  });

  it('exits with 1 when it does not', () => {
    const changed = { ...(JSON.parse(recorded(steps)) as object), seed: 2 };
    const { code, stdout, stderr } = kubarium(['replay', 'r.json'], { 'r.json': JSON.stringify(changed) });
    expect(JSON.parse(stdout)).toMatchObject({ passed: false });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('recorded was') });
  });

  it('exits with 2 when the recording is none, or of another version', () => {
    const whole = JSON.parse(recorded('{ wait: 1s }')) as Record<string, unknown>;
    const bad: readonly [string, string][] = [
      ['{', 'it is no JSON'],
      ['[]', 'it must be an object'],
      [JSON.stringify({ ...whole, seed: 'x' }), 'seed must be a whole number'],
      [JSON.stringify({ ...whole, cluster: {} }), 'cluster.nodes is not what a cluster has'],
      [
        JSON.stringify({ ...whole, cluster: { ...(whole['cluster'] as object), manifests: ['kind: Pod'] } }),
        'cluster.manifests is not what a cluster has',
      ],
      [JSON.stringify({ ...whole, inputs: [{ at: 1 }] }), 'inputs[0] must be'],
      [JSON.stringify({ ...whole, version: 'kubarium.dev/engine-0' }), 'kubarium.dev/engine-0'],
    ];
    for (const [text, message] of bad) {
      expect(kubarium(['replay', 'r.json'], { 'r.json': text })).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(message),
      });
    }
  });
});
