/**
 * Checks of rights in policies.
 *
 * @source kubernetes apiserver/pkg/cel/library/authz.go
 */
import { dnsLabelErrors, dnsSubdomainErrors } from '../../names';
import type { Declarations } from '../environment';
import { opaque } from '../types';
import { fail, Opaque } from '../values';

/** What is asked of whoever knows the rights. */
export interface RightsCheck {
  /** Null: the user of the request. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | null;
  readonly verb: string;
  /** Empty for a resource. */
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface RightsAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

interface Asking extends Omit<RightsCheck, 'verb'> {
  readonly ask: (check: RightsCheck) => RightsAnswer;
}

const TYPE = 'kubernetes.authorization';
export const AUTHORIZER = opaque(`${TYPE}.Authorizer`);
export const RESOURCE_CHECK = opaque(`${TYPE}.ResourceCheck`);

const value = (type: string, asking: Asking): Opaque => new Opaque(`${TYPE}.${type}`, asking);
const askingOf = ({ data }: Opaque): Asking => data as Asking;

/** The variable `authorizer`. */
export const authorizerValue = (ask: Asking['ask']): Opaque =>
  value('Authorizer', {
    ask,
    serviceAccount: null,
    path: '',
    group: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
  });

/** The variable `authorizer.requestResource`. */
export const resourceCheckValue = (
  ask: Asking['ask'],
  resource: Pick<RightsCheck, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>,
): Opaque => value('ResourceCheck', { ask, serviceAccount: null, path: '', ...resource });

const needed = (text: string, what: string): string => (text.trim() === '' ? fail(`${what} must not be empty`) : text);

function check(of: Opaque, verb: string): Opaque {
  const { ask, ...asked } = askingOf(of);
  return new Opaque(`${TYPE}.Decision`, ask({ ...asked, verb }));
}

const answerIn = ({ data }: Opaque): RightsAnswer => data as RightsAnswer;

/** Two checks in an expression, and its limit is reached. */
const checkCost = (): number => 350_000;

function serviceAccount(of: Opaque, namespace: string, name: string): Opaque {
  if (dnsSubdomainErrors(name).length > 0) fail('Invalid service account name');
  if (dnsLabelErrors(namespace).length > 0) fail('Invalid service account namespace');
  return value('Authorizer', { ...askingOf(of), serviceAccount: { namespace, name } });
}

const A = AUTHORIZER.name;
const R = RESOURCE_CHECK.name;
const P = `${TYPE}.PathCheck`;
const G = `${TYPE}.GroupCheck`;
const D = `${TYPE}.Decision`;

export const rights: Declarations = {
  [`${A} -> path(string): ${P}`]: (of: Opaque, path: string) =>
    value('PathCheck', { ...askingOf(of), path: needed(path, 'path') }),
  [`${A} -> group(string): ${G}`]: (of: Opaque, group: string) => value('GroupCheck', { ...askingOf(of), group }),
  [`${A} -> serviceAccount(string, string): ${A}`]: serviceAccount,
  [`${G} -> resource(string): ${R}`]: (of: Opaque, resource: string) =>
    value('ResourceCheck', { ...askingOf(of), resource: needed(resource, 'resource') }),
  ...Object.fromEntries(
    ['subresource', 'namespace', 'name'].map((part) => [
      `${R} -> ${part}(string): ${R}`,
      (of: Opaque, text: string) => value('ResourceCheck', { ...askingOf(of), [part]: text }),
    ]),
  ),
  // RBAC decides without selectors.
  [`${R} -> fieldSelector(string): ${R}`]: (of: Opaque) => of,
  [`${R} -> labelSelector(string): ${R}`]: (of: Opaque) => of,
  [`${P} -> check(string): ${D}`]: [check, checkCost],
  [`${R} -> check(string): ${D}`]: [check, checkCost],
  [`${D} -> allowed(): bool`]: (of: Opaque) => answerIn(of).allowed,
  [`${D} -> reason(): string`]: (of: Opaque) => answerIn(of).reason,
  [`${D} -> errored(): bool`]: () => false,
  [`${D} -> error(): string`]: () => '',
};
