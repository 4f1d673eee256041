/** `kubarium run`: a scenario file in, a JSON report out. */
import { dirname, resolve } from 'node:path';
import { newEngine } from '#engine/cluster/engine';
import { parseScenario } from '#scenarios/reading/read-scenario';
import { formatProblem } from '#scenarios/reading/yaml-source';
import { type Report, runScenario } from '#scenarios/runner';
import { filesOf, type Scenario } from '#scenarios/scenario';
import { Trace } from '#scenarios/trace';
import type { Command } from './args';
import { type ExitCode, type Io, reasonOf, reportBug } from './io';

export const RUN: Command = {
  name: 'run',
  operand: 'SCENARIO.yaml',
  options: { seed: 'N', trace: 'FILE', record: 'FILE' },
  help: `Usage: kubarium run SCENARIO.yaml [--seed N] [--trace FILE] [--record FILE]

Runs a scenario in virtual time and prints a JSON report:
{ "passed", "hash", "time", "steps": [{ "step", "ok", "output", "error" }] }

  --seed N        another seed than the scenario's (a whole number from 0)
  --trace FILE    writes what happened, one JSON value a line: inputs, API writes, Events, logs
  --record FILE   writes the run as a recording for kubarium replay
  -h, --help      this text

Exit code: 0 every expectation holds, 1 not, 2 the scenario is malformed or a file cannot be read or written,
70 the engine broke (a bug).
The scenario file's JSON Schema is public/scenario.schema.json.
`,
};

const MAX_SEED = 2 ** 32 - 1;

export function runCommand(path: string, options: Readonly<Record<string, string>>, io: Io): ExitCode {
  const complain = (message: string): ExitCode => {
    io.stderr(`${message}\n`);
    return 2;
  };
  const seed = options['seed'] === undefined ? null : seedOf(options['seed']);
  if (Number.isNaN(seed))
    return complain(`kubarium: --seed must be a whole number from 0 to ${MAX_SEED}, is "${options['seed']}"`);
  const text = read(path, io);
  if (!text.ok) return complain(`kubarium: cannot read ${path}: ${text.reason}`);
  const parsed = parseScenario(text.text);
  if (!parsed.ok) return complain(parsed.problems.map((problem) => formatProblem(problem, path)).join('\n'));
  const files = readManifests(parsed.scenario, path, io);
  if (typeof files === 'string') return complain(files);
  const outputs = [options['trace'], options['record']].filter((file) => file !== undefined);
  const unwritable = outputs.map((file) => writeError(file, '', io)).find((error) => error !== null);
  if (unwritable !== undefined) return complain(unwritable);

  const chosenSeed = seed ?? parsed.scenario.seed;
  const engine = newEngine({ seed: chosenSeed, cluster: parsed.scenario.cluster });
  const trace = new Trace();
  let report: Report;
  try {
    report = runScenario(parsed.scenario, engine, {
      files,
      seed: chosenSeed,
      ...(options['trace'] === undefined ? {} : { witness: trace }),
    });
  } catch (error) {
    return reportBug(error, chosenSeed, engine.now, io);
  }
  const errors = [
    options['trace'] === undefined ? null : writeError(options['trace'], trace.text, io),
    options['record'] === undefined
      ? null
      : writeError(options['record'], `${JSON.stringify(engine.recording(), null, 2)}\n`, io),
  ].filter((error) => error !== null);
  io.stdout(`${JSON.stringify(report, null, 2)}\n`);
  if (errors.length > 0) return complain(errors.join('\n'));
  return report.passed ? 0 : 1;
}

const seedOf = (text: string): number =>
  /^\d{1,10}$/.test(text) && Number(text) <= MAX_SEED ? Number(text) : Number.NaN;

type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

function read(path: string, io: Io): ReadText {
  try {
    return { ok: true, text: io.readFile(path) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** The manifests that the scenario names, from beside it; or what is wrong. */
function readManifests(scenario: Scenario, scenarioPath: string, io: Io): ReadonlyMap<string, string> | string {
  const texts = new Map<string, string>();
  const errors: string[] = [];
  for (const { path, line } of filesOf(scenario)) {
    const text = read(resolve(dirname(scenarioPath), path), io);
    if (text.ok) texts.set(path, text.text);
    else errors.push(`${scenarioPath}:${line}: cannot read the manifest ${path}: ${text.reason}`);
  }
  return errors.length === 0 ? texts : errors.join('\n');
}

function writeError(path: string, text: string, io: Io): string | null {
  try {
    io.writeFile(path, text);
    return null;
  } catch (error) {
    return `kubarium: cannot write ${path}: ${reasonOf(error)}`;
  }
}
