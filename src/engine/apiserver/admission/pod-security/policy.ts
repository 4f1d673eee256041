/**
 * Which standards a namespace asks for by its labels, and what a pod violates of them.
 *
 * @source kubernetes staging/src/k8s.io/pod-security-admission/api/helpers.go, policy/registry.go, policy/checks.go
 */
import { type FieldError, invalid } from '#engine/api/field-error';
import type { Labels } from '#engine/api/label-selector';
import { CHECKS, type PodLike, type Violation } from './checks';
import { PREFIX } from './labels';

/** From the least strict. */
const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
type Level = (typeof LEVELS)[number];
type Mode = 'enforce' | 'audit' | 'warn';

export interface LevelVersion {
  readonly level: Level;
  /** Of Kubernetes; Infinity: `latest`. */
  readonly minor: number;
}

type Policy = Readonly<Record<Mode, LevelVersion>>;

const LATEST = Infinity;
const VERSION = /^v1\.(\d{1,9})$/;
/** The newest version that any check knows of: all later ones are the same. */
const NEWEST = Math.max(...CHECKS.flatMap(({ versions }) => versions.map(([minor]) => minor)));

/** `restricted:latest`. */
export const versionText = ({ level, minor }: LevelVersion): string =>
  `${level}:${minor === LATEST ? 'latest' : `v1.${minor}`}`;

const isLevel = (text: string): text is Level => (LEVELS as readonly string[]).includes(text);

function minorOf(text: string): number | null {
  if (text === 'latest') return LATEST;
  const digits = VERSION.exec(text)?.[1];
  return digits === undefined || (digits.length > 1 && digits.startsWith('0')) ? null : Number(digits);
}

/** What labels ask for, and what is wrong with them. A level that is none is the strictest where it is enforced, else none. */
export function policyOf(labels: Labels): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const wrong = (key: string, value: string, detail: string): void => {
    errors.push(invalid(`metadata.labels[${key}]`, value, detail));
  };
  const of = (mode: Mode): LevelVersion => {
    const [levelKey, versionKey] = [`${PREFIX}${mode}`, `${PREFIX}${mode}-version`];
    const [given = 'privileged', version = 'latest'] = [labels[levelKey], labels[versionKey]];
    const minor = minorOf(version);
    if (!isLevel(given)) wrong(levelKey, given, `must be one of ${LEVELS.join(', ')}`);
    if (minor === null) wrong(versionKey, version, 'must be "latest" or "v1.x"');
    const fallback = mode === 'enforce' ? 'restricted' : 'privileged';
    return { level: isLevel(given) ? given : fallback, minor: minor ?? LATEST };
  };
  return { policy: { enforce: of('enforce'), audit: of('audit'), warn: of('warn') }, errors };
}

const isSamePolicy = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.minor === b.minor;

/** Whether `next` may refuse what `old` admits. */
export const isStricter = (next: LevelVersion, old: LevelVersion): boolean =>
  next.level !== 'privileged' &&
  !isSamePolicy(next, old) &&
  (next.minor !== old.minor || LEVELS.indexOf(next.level) > LEVELS.indexOf(old.level));

/** All that a pod violates, in the order of the checks. */
export function violationsOf({ level, minor }: LevelVersion, pod: PodLike): readonly Violation[] {
  if (level === 'privileged') return [];
  const version = Math.min(minor, NEWEST);
  const due = CHECKS.flatMap((check) => {
    const form = check.versions.findLast(([from]) => from <= version)?.[1];
    return form === undefined || (level === 'baseline' && check.level === 'restricted') ? [] : [{ check, form }];
  });
  const overridden = new Set(due.flatMap(({ check }) => check.overrides ?? []));
  return due.flatMap(({ check, form }) => (overridden.has(check.id) ? [] : (form(pod) ?? [])));
}

export const reasonsText = (violations: readonly Violation[]): string =>
  violations.map(({ reason }) => reason).join(', ');

export const detailsText = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
