/** `kubarium replay`: a recording in, the same run again; the same hash, or not. */
import type { Recording } from '#engine/cluster/door';
import { engineOf } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import type { Command } from './args';
import { type ExitCode, type Io, reasonOf, reportBug } from './io';

export const REPLAY: Command = {
  name: 'replay',
  operand: 'RECORDING.json',
  options: {},
  help: `Usage: kubarium replay RECORDING.json

Replays a recording (of kubarium run --record, or of the playground) and checks that its state hash is the recorded one.
Prints { "passed", "hash", "recorded", "time", "inputs", "events" }.

  -h, --help      this text

Exit code: 0 the same hash, 1 another, 2 the recording is malformed, unreadable or of another version.
`,
};

const SECOND = 1_000_000;

export function replayCommand(path: string, io: Io): ExitCode {
  const complain = (message: string): ExitCode => {
    io.stderr(`kubarium: ${message}\n`);
    return 2;
  };
  let text: string;
  try {
    text = io.readFile(path);
  } catch (error) {
    return complain(`cannot read ${path}: ${reasonOf(error)}`);
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return complain(`${path} is no JSON: ${reasonOf(error)}`);
  }
  const mistake = mistakeIn(data);
  if (mistake !== null) return complain(`${path} is no recording: ${mistake}`);
  const recording = data as Recording;
  let engine: ReturnType<typeof engineOf>;
  try {
    engine = engineOf(recording);
  } catch (error) {
    return complain(reasonOf(error));
  }
  let events = 0;
  try {
    for (;;) {
      const result = engine.run(recording.until, { events: Infinity });
      events += result.events;
      if (result.stopped === 'until') break;
    }
  } catch (error) {
    return reportBug(error, recording.seed, engine.now, io);
  }
  const hash = engine.hash();
  const passed = hash === recording.hash;
  const { inputs } = recording;
  const report = { passed, hash, recorded: recording.hash, time: engine.now / SECOND, inputs: inputs.length, events };
  io.stdout(`${JSON.stringify(report, null, 2)}\n`);
  if (!passed) io.stderr(`kubarium: the run ended with hash ${hash}, recorded was ${recording.hash}\n`);
  return passed ? 0 : 1;
}

const CLUSTER_NUMBERS = ['nodes', 'zones', 'controlPlanes', 'nodeMilliCpu', 'nodeMemory', 'nodePods'];

/** What keeps some data from being a recording; null: nothing. */
function mistakeIn(data: unknown): string | null {
  if (!isMap(data)) return 'it must be an object';
  const { version, seed, cluster, inputs, until, hash } = data;
  if (typeof version !== 'string') return 'version must be a string';
  if (!isCount(seed)) return 'seed must be a whole number';
  if (!isCount(until)) return 'until must be a whole number of microseconds';
  if (typeof hash !== 'string' || hash === '') return 'hash must be a string';
  if (!isMap(cluster)) return 'cluster must be an object';
  for (const name of CLUSTER_NUMBERS) if (!isCount(cluster[name])) return `cluster.${name} must be a whole number`;
  const { manifests } = cluster;
  if (!Array.isArray(manifests) || !manifests.every((manifest) => Array.isArray(manifest) && manifest.every(isMap))) {
    return 'cluster.manifests must be a list of lists of objects';
  }
  if (!Array.isArray(inputs)) return 'inputs must be a list';
  const wrong = (inputs as unknown[]).findIndex((input) => !isInput(input));
  return wrong < 0 ? null : `inputs[${wrong}] must be { "at", "action": { "type", … } }`;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const isInput = (input: unknown): boolean =>
  isMap(input) && isCount(input['at']) && isMap(input['action']) && typeof input['action']['type'] === 'string';
