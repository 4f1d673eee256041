/** `kubarium replay`: a recording in, the same run again; the same hash, or not. */
import { engineOf } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { readRecording } from '#host/recording';
import './late-models';
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
  const read = readRecording(text);
  if ('mistake' in read) return complain(`${path} is no recording: ${read.mistake}`);
  const { recording } = read;
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
