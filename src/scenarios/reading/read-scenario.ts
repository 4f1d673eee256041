/** Reads a scenario file: YAML text in, a scenario or all its mistakes with their lines out. */
import type { Scenario, Step } from '../scenario';
import { readCluster } from './read-cluster';
import { type FaultIds, readStep } from './read-step';
import { Reader, typeText } from './reader';
import { parseYaml, type Problem } from './yaml-source';

export const SCENARIO_API_VERSION = 'kubarium.dev/v1';
const MAX_SEED = 2 ** 32 - 1;
const DEFAULT_SEED = 1;

export type ParsedScenario =
  { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Pure; reads none of the files that the scenario names (`filesOf` lists them). */
export function parseScenario(text: string): ParsedScenario {
  const yaml = parseYaml(text);
  if (!yaml.ok) return yaml;
  const reader = new Reader(yaml.source);
  const scenario = readDocument(reader, yaml.source.data);
  const problems = [...reader.problems].sort((a, b) => a.line - b.line || a.column - b.column);
  return scenario !== null && problems.length === 0 ? { ok: true, scenario } : { ok: false, problems };
}

function readDocument(reader: Reader, data: unknown): Scenario | null {
  const document = reader.fields([], data, ['apiVersion', 'kind', 'metadata', 'spec', '$schema']);
  if (document === null) return null;
  const { apiVersion, kind, metadata, spec } = document;
  if (apiVersion !== SCENARIO_API_VERSION) reader.problem(['apiVersion'], mustBe(SCENARIO_API_VERSION, apiVersion));
  if (kind !== 'Scenario') reader.problem(['kind'], mustBe('Scenario', kind));
  const name = readName(reader, metadata);
  if (spec === undefined) return reader.problem([], 'has no spec');
  const fields = reader.fields(['spec'], spec, ['seed', 'cluster', 'steps']);
  if (fields === null) return null;
  const seed =
    fields['seed'] === undefined ? DEFAULT_SEED : reader.integer(['spec', 'seed'], fields['seed'], 0, MAX_SEED);
  const cluster = readCluster(reader, ['spec', 'cluster'], fields['cluster']);
  const steps = readSteps(reader, fields['steps']);
  return { name, seed: seed ?? DEFAULT_SEED, cluster, steps };
}

const mustBe = (wanted: string, value: unknown): string =>
  value === undefined ? `is missing; it must be ${wanted}` : `must be ${wanted}, is ${typeText(value)}`;

function readName(reader: Reader, metadata: unknown): string | null {
  if (metadata === undefined) return null;
  const fields = reader.fields(['metadata'], metadata, ['name', 'labels', 'annotations']);
  return fields?.['name'] === undefined ? null : reader.text(['metadata', 'name'], fields['name']);
}

function readSteps(reader: Reader, value: unknown): readonly Step[] {
  if (value === undefined) {
    reader.problem(['spec'], 'has no steps');
    return [];
  }
  const list = reader.list(['spec', 'steps'], value) ?? [];
  if (Array.isArray(value) && list.length === 0) reader.problem(['spec', 'steps'], 'must not be an empty list');
  const faults: FaultIds = { ids: new Set(), count: 0 };
  return list
    .map((item, index) => readStep(reader, ['spec', 'steps', index], item, faults))
    .filter((step) => step !== null);
}
