/**
 * Conditions as kubectl wait takes them, in one line: `deployment/web condition=Available`,
 * `pod -l app=web condition=Ready`, `pod/web-0 delete`, `deployment/web jsonpath={.status.readyReplicas}=3`, `nodes condition=Ready`.
 *
 * @source kubernetes staging/src/k8s.io/kubectl/pkg/cmd/wait/wait.go
 */
import { parseLabelSelector } from '#engine/api/label-selector';
import { resourceByName, resources } from '#engine/api/registry';
import type { Condition, FieldCheck, ObjectsCondition } from '../conditions/condition';
import { type FieldPath, parseFieldPath } from '../conditions/field-path';
import { hint } from './closest-word';

export type ParsedWait =
  { readonly ok: true; readonly condition: Condition } | { readonly ok: false; readonly error: string };

interface Words {
  target: string | null;
  goal: string | null;
  selector: string | null;
  namespace: string | null;
  allNamespaces: boolean;
}

const fail = (error: string): { readonly ok: false; readonly error: string } => ({ ok: false, error });

export function parseKubectlWait(text: string): ParsedWait {
  const words = sorted(wordsOf(text));
  if (typeof words === 'string') return fail(words);
  if (words.target === null) return fail('names no object, e.g. deployment/web condition=Available');
  if (words.goal === null)
    return fail('says not what to wait for: condition=NAME, delete, create or jsonpath={.path}=value');
  const [resource = '', name, more] = words.target.split('/');
  const info = resourceByName(resource);
  if (info === undefined || more !== undefined) {
    return fail(
      `the server doesn't have a resource type "${resource}"${hint(
        resource,
        resources.flatMap(({ resource: plural, singular }) => [plural, singular]),
      )}`,
    );
  }
  const selector = words.selector === null ? null : parseLabelSelector(words.selector);
  if (selector?.ok === false) return fail(selector.error);
  if (name !== undefined && selector !== null) return fail('names an object and selects by label; one of the two');
  const goal = goalOf(words.goal);
  if (typeof goal === 'string') return fail(goal);
  const target: ObjectsCondition = {
    type: 'objects',
    kind: info.kind,
    name: name ?? null,
    namespace: info.namespaced && !words.allNamespaces ? (words.namespace ?? 'default') : null,
    selector: selector === null ? null : { text: words.selector!, requirements: selector.requirements },
    where: [],
    each: [],
    count: null,
    gone: false,
    observed: false,
  };
  return { ok: true, condition: { ...target, ...goal, text } };
}

/** Splits at blanks as a shell does, but leaves what stands in braces as it is. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  let quote = '';
  for (const symbol of text) {
    if (quote !== '') {
      if (symbol === quote) quote = '';
      if (quote !== '' || depth > 0) word += symbol;
      continue;
    }
    if (symbol === '"' || symbol === "'") {
      quote = symbol;
      if (depth > 0) word += symbol;
      continue;
    }
    if (symbol === '{' || symbol === '(') depth++;
    else if (symbol === '}' || symbol === ')') depth--;
    if (depth <= 0 && (symbol === ' ' || symbol === '\t' || symbol === '\n')) {
      if (word !== '') words.push(word);
      word = '';
    } else word += symbol;
  }
  return word === '' ? words : [...words, word];
}

const VALUED = ['-l', '--selector', '-n', '--namespace', '--for'];

function sorted(words: readonly string[]): Words | string {
  const found: Words = { target: null, goal: null, selector: null, namespace: null, allNamespaces: false };
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const [flag, inline] = word.startsWith('--') ? splitOnce(word) : [word, null];
    if (VALUED.includes(flag)) {
      const value = inline ?? words[++index];
      if (value === undefined) return `${flag} needs a value`;
      if (flag === '--for') found.goal = value;
      else if (flag === '-n' || flag === '--namespace') found.namespace = value;
      else found.selector = value;
    } else if (word === '-A' || word === '--all-namespaces') found.allNamespaces = true;
    else if (word === '--all') continue;
    else if (word.startsWith('-')) return `unknown flag ${word}${hint(word, [...VALUED, '--all', '--all-namespaces'])}`;
    else if (found.target === null) found.target = word;
    else if (found.goal === null) found.goal = word;
    else return `"${word}" is one word too many`;
  }
  return found;
}

function splitOnce(word: string): readonly [string, string | null] {
  const at = word.indexOf('=');
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
}

type Goal = Partial<Pick<ObjectsCondition, 'each' | 'gone' | 'observed'>>;

function goalOf(text: string): Goal | string {
  if (text === 'delete') return { gone: true };
  if (text === 'create') return {};
  const [word, rest] = splitOnce(text);
  if (word === 'condition' && rest !== null && rest !== '') return { each: [conditionCheck(rest)], observed: true };
  if (word.startsWith('jsonpath')) return jsonPathGoal(text.slice('jsonpath'.length));
  return `"${text}" is none of condition=NAME[=STATUS], delete, create, jsonpath={.path}=value${hint(text, ['delete', 'create'])}`;
}

function conditionCheck(text: string): FieldCheck {
  const [type, status] = splitOnce(text);
  const path: FieldPath = [
    { type: 'key', key: 'status' },
    { type: 'key', key: 'conditions' },
    { type: 'items', key: 'type', value: type, anyCase: true },
    { type: 'key', key: 'status' },
  ];
  return { path, pathText: `condition ${type}`, tests: [{ type: 'text', value: status ?? 'True', anyCase: true }] };
}

function jsonPathGoal(text: string): Goal | string {
  const bare = text.startsWith('=') ? unquoted(text.slice(1)) : text;
  const end = bare.lastIndexOf('}');
  if (!bare.startsWith('{') || end < 0) return `"jsonpath${text}" is not like jsonpath={.status.phase}=Running`;
  const pathText = bare.slice(0, end + 1);
  const value = bare.slice(end + 1);
  const parsed = parseFieldPath(pathText);
  if (!parsed.ok) return parsed.error;
  if (value !== '' && !value.startsWith('=')) return `"${value}" after the path; write =value`;
  const check: FieldCheck = {
    path: parsed.path,
    pathText,
    tests: [
      value === ''
        ? { type: 'exists', value: true }
        : { type: 'text', value: unquoted(value.slice(1)), anyCase: false },
    ],
  };
  return { each: [check] };
}

function unquoted(text: string): string {
  const first = text[0];
  return text.length >= 2 && (first === '"' || first === "'") && text.at(-1) === first ? text.slice(1, -1) : text;
}
