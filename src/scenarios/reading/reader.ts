/** Takes a document apart and notes every mistake with its place, so that all of them can be told at once. */
import { isJsonObject } from '#engine/api/json';
import { parseDuration } from '../durations';
import { hint } from './closest-word';
import { pathText, type Place, type Problem, type YamlSource } from './yaml-source';

export type Fields = Readonly<Record<string, unknown>>;

/** Each method returns null for what is wrong, after noting it. */
export class Reader {
  readonly problems: Problem[] = [];
  readonly #source: YamlSource;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  lineOf(at: Place): number {
    return this.#source.positionOf(at).line;
  }

  problem(at: Place, message: string): null {
    this.problems.push({ path: pathText(at), message, ...this.#source.positionOf(at) });
    return null;
  }

  /** A map whose fields are all known. */
  fields(at: Place, value: unknown, known: readonly string[]): Fields | null {
    if (!isJsonObject(value)) return this.problem(at, `must be a map, is ${typeText(value)}`);
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.problem([...at, key], `unknown field "${key}"${hint(key, known)}`);
    }
    return value;
  }

  text(at: Place, value: unknown): string | null {
    if (typeof value !== 'string') return this.problem(at, `must be a string, is ${typeText(value)}`);
    return value === '' ? this.problem(at, 'must not be empty') : value;
  }

  oneOf<Word extends string>(at: Place, value: unknown, words: readonly Word[]): Word | null {
    const text = this.text(at, value);
    if (text === null) return null;
    const word = words.find((candidate) => candidate === text);
    return word ?? this.problem(at, `"${text}" is none of ${words.join(', ')}${hint(text, words)}`);
  }

  integer(at: Place, value: unknown, min: number, max: number): number | null {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return this.problem(at, `must be a whole number, is ${typeText(value)}`);
    }
    return value < min || value > max ? this.problem(at, `must be from ${min} to ${max}, is ${value}`) : value;
  }

  boolean(at: Place, value: unknown): boolean | null {
    return typeof value === 'boolean' ? value : this.problem(at, `must be true or false, is ${typeText(value)}`);
  }

  /** @returns microseconds */
  duration(at: Place, value: unknown): number | null {
    if (typeof value === 'number') return this.problem(at, `a duration needs a unit: ${value}s or ${value}m?`);
    const text = this.text(at, value);
    if (text === null) return null;
    return parseDuration(text) ?? this.problem(at, `"${text}" is no duration; write 90s, 10m or 1h5m`);
  }

  /** A duration that is not below zero. */
  span(at: Place, value: unknown): number | null {
    const duration = this.duration(at, value);
    return duration !== null && duration < 0 ? this.problem(at, 'must not be below zero') : duration;
  }

  list(at: Place, value: unknown): readonly unknown[] | null {
    return Array.isArray(value) ? (value as unknown[]) : this.problem(at, `must be a list, is ${typeText(value)}`);
  }
}

export function typeText(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}
