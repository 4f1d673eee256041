/**
 * What the query and the body of a request ask for besides the object: list options, delete options, dry run.
 *
 * @source kubernetes apimachinery/pkg/apis/meta/internalversion/validation/validation.go, pkg/apis/meta/v1/validation/validation.go
 */
import type { FieldValidation } from '#engine/api/decode';
import {
  type FieldError,
  errorText,
  forbidden,
  invalid as invalidField,
  notSupported,
  quote,
  required,
  tooLong,
} from '#engine/api/field-error';
import { badRequest, invalid, plainError } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import { MAX_MANAGER, UNPRINTABLE } from './field-manager';
import { truth } from './parameter';
import type { WriteOptions } from './state';

export type Query = Readonly<Record<string, string>> | undefined;

const LIST_OPTIONS = { group: 'meta.k8s.io', kind: 'ListOptions' };
/** A parameter that must be a whole number; undefined when it is absent. */
function integerOf(text: string | undefined): number | undefined | Status {
  if (text === undefined || text === '') return undefined;
  return /^[+-]?\d{1,15}$/.test(text)
    ? Number(text)
    : badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

export interface ListOptions {
  /** Null: unset; the most recent state. */
  readonly resourceVersion: number | null;
  readonly exact: boolean;
  /** 0: all. */
  readonly limit: number;
  /** Empty: from the start. */
  readonly continueToken: string;
}

export interface WatchOptions {
  /** Null: unset. */
  readonly resourceVersion: number | null;
  readonly sendInitialEvents: boolean;
  readonly bookmarks: boolean;
  /** Seconds; null: the server's choice. */
  readonly timeoutSeconds: number | null;
}

export const isStatus = (value: object): value is Status => 'kind' in value && value.kind === 'Status';

/**
 * A resource version that a client names; null: none, a text: what is wrong with it.
 *
 * @source apiserver/pkg/storage/etcd3/api_object_versioner.go (ParseResourceVersion)
 */
export function versionOf(text: string | undefined): number | null | string {
  if (text === undefined || text === '') return null;
  const isNumber = /^\d{1,30}$/.test(text);
  if (isNumber && BigInt(text) < 1n << 64n) return Number(text);
  const cause = `strconv.ParseUint: parsing ${quote(text)}: ${isNumber ? 'value out of range' : 'invalid syntax'}`;
  return errorText(invalidField('resourceVersion', text, cause));
}

/** What a list or a get from etcd makes of it. @source apiserver/pkg/storage/util.go (ValidateListOptions), etcd3/store.go */
export const badVersion = (text: string): Status => badRequest(`invalid resource version: ${text}`);

export function listOptions(query: Query): ListOptions | Status {
  const limit = integerOf(query?.['limit']);
  if (typeof limit === 'object') return limit;
  const version = versionOf(query?.['resourceVersion']);
  const match = query?.['resourceVersionMatch'] ?? '';
  const continueToken = query?.['continue'] ?? '';
  const errors: FieldError[] = [];
  if (match !== '') errors.push(...matchErrors(match, version, continueToken));
  if (query?.['sendInitialEvents'] !== undefined) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  if (errors.length > 0) return invalid(LIST_OPTIONS, '', errors);
  if (continueToken !== '' && version !== null && version !== 0) {
    return badRequest('specifying resource version is not allowed when using continue');
  }
  if (typeof version === 'string') return badVersion(version);
  const limited = Math.max(limit ?? 0, 0);
  const exact =
    match === 'Exact' || (match === '' && limited > 0 && version !== null && version > 0 && continueToken === '');
  return { resourceVersion: version, exact, limit: limited, continueToken };
}

function matchErrors(match: string, version: number | null | string, continueToken: string): FieldError[] {
  const field = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (version === null)
    errors.push(forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (continueToken !== '')
    errors.push(forbidden(field, 'resourceVersionMatch is forbidden when continue is provided'));
  if (match !== 'Exact' && match !== 'NotOlderThan')
    errors.push(notSupported(field, match, ['Exact', 'NotOlderThan', '']));
  if (match === 'Exact' && version === 0) {
    errors.push(forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return errors;
}

/**
 * Reads the options of a watch. A watch without resource version, or from 0, begins with what exists (gate WatchList).
 *
 * @source apimachinery/pkg/apis/meta/internalversion/defaults.go
 */
export function watchOptions(query: Query): WatchOptions | Status {
  const timeout = integerOf(query?.['timeoutSeconds']);
  if (typeof timeout === 'object') return timeout;
  const version = versionOf(query?.['resourceVersion']);
  const match = query?.['resourceVersionMatch'] ?? '';
  const initial = query?.['sendInitialEvents'];
  const errors: FieldError[] = [];
  if (initial !== undefined && match !== 'NotOlderThan') {
    errors.push(
      forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    );
  }
  if (initial === undefined && match !== '') {
    errors.push(
      forbidden(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (errors.length > 0) return invalid(LIST_OPTIONS, '', errors);
  if (typeof version === 'string') return plainError(version);
  return {
    resourceVersion: version,
    sendInitialEvents: initial === undefined ? version === null || version === 0 : truth(initial),
    bookmarks: truth(query?.['allowWatchBookmarks']),
    timeoutSeconds: timeout !== undefined && timeout > 0 ? timeout : null,
  };
}

const VALIDATIONS: readonly FieldValidation[] = ['Ignore', 'Strict', 'Warn'];

interface DeleteOptionsBody {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly dryRun?: readonly string[];
}

const NO_OPTIONS: WriteOptions = Object.freeze({
  dryRun: false,
  gracePeriodSeconds: null,
  preconditions: null,
  propagationPolicy: null,
  orphanDependents: null,
});

const dryRunErrors = (given: readonly string[]): FieldError[] =>
  given.every((value) => value === 'All') ? [] : [notSupported('dryRun', given, ['All'])];

/** What create, update and patch may be told. */
export interface WriteRequestOptions {
  readonly options: WriteOptions;
  readonly fieldValidation: FieldValidation;
  /** Empty: none is named. */
  readonly manager: string;
  readonly force: boolean;
}

const USUAL: WriteRequestOptions = Object.freeze({
  options: NO_OPTIONS,
  fieldValidation: 'Warn',
  manager: '',
  force: false,
});

/**
 * Reads the options of a create, update or patch.
 *
 * @param kind - names the options in errors
 * @param applies - it is a server-side apply
 * @source apimachinery/pkg/apis/meta/v1/validation/validation.go (ValidatePatchOptions)
 */
export function writeOptions(query: Query, kind: string, applies: boolean): WriteRequestOptions | Status {
  if (query === undefined && !applies) return USUAL;
  const { dryRun = '', fieldManager: manager = '', fieldValidation: text = '', force } = query ?? {};
  const fieldValidation = VALIDATIONS.find((validation) => validation === text);
  const errors = managerErrors(manager);
  if (applies && manager === '') errors.unshift(required('fieldManager', 'is required for apply patch'));
  if (!applies && force !== undefined && kind === 'PatchOptions')
    errors.unshift(forbidden('force', 'may not be specified for non-apply patch'));
  const dry = dryRun === '' ? [] : [dryRun];
  errors.push(...dryRunErrors(dry));
  if (fieldValidation === undefined && text !== '')
    errors.push(notSupported('fieldValidation', text, ['', ...VALIDATIONS]));
  if (errors.length > 0) return invalid({ group: 'meta.k8s.io', kind }, '', errors);
  return {
    options: dry.length === 0 ? NO_OPTIONS : { ...NO_OPTIONS, dryRun: true },
    fieldValidation: fieldValidation ?? 'Warn',
    manager,
    force: truth(force),
  };
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (manager.length > MAX_MANAGER) errors.push(tooLong('fieldManager', MAX_MANAGER));
  for (const { 0: symbol, index } of manager.matchAll(UNPRINTABLE)) {
    const code = symbol.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    errors.push(invalidField('fieldManager', manager, `invalid character U+${code} (at position ${index})`));
  }
  return errors;
}

const POLICIES = ['Orphan', 'Background', 'Foreground'] as const;

/** Options of a deletion: the body's, or the query's when there is none. */
export function deleteOptions(query: Query, body: unknown): WriteOptions | Status {
  const given = optionsBody(query, body);
  const errors: FieldError[] = [];
  const policy = given.propagationPolicy;
  const propagationPolicy = POLICIES.find((known) => known === policy) ?? null;
  if (policy !== undefined && policy !== null && propagationPolicy === null) {
    errors.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  if (propagationPolicy !== null && given.orphanDependents !== undefined) {
    errors.push(
      invalidField(
        'propagationPolicy',
        propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    );
  }
  errors.push(...dryRunErrors(given.dryRun ?? []));
  if (errors.length > 0) return invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  return {
    dryRun: (given.dryRun ?? []).length > 0,
    gracePeriodSeconds: given.gracePeriodSeconds ?? null,
    preconditions: given.preconditions ?? null,
    propagationPolicy,
    orphanDependents: given.orphanDependents ?? null,
  };
}

function optionsBody(query: Query, body: unknown): DeleteOptionsBody {
  if (typeof body === 'object' && body !== null) return body;
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, dryRun } = query ?? {};
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: Number(gracePeriodSeconds) }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(orphanDependents === undefined ? {} : { orphanDependents: truth(orphanDependents) }),
    ...(dryRun === undefined ? {} : { dryRun: [dryRun] }),
  };
}
