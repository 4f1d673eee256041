/** `kubectl auth` and `kubectl certificate`. @source kubernetes kubectl/pkg/cmd/auth/{cani,whoami}.go, kubectl/pkg/cmd/certificates/certificates.go */
import type { JsonObject } from '#engine/api/json';
import { timestamp } from '#engine/api/timestamp';
import type { CertificateSigningRequest, ClusterRole } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { kindText, pathOf, resourceFor, resourceOrNull } from '../call/discovery';
import { now } from '../call/effects';
import { compactRules, ruleResource, sortedRules } from '../describe/configuration';
import { goList } from '../describe/description';
import { rowsText } from '../output/tab-writer';
import { printerOf } from '../output/printing';
import type { Command, Family } from './command';
import { reconcileCommand } from './reconcile';

const AUTHORIZATION = 'authorization.k8s.io/v1';

type Rule = NonNullable<ClusterRole['rules']>[number];

const canI: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    if (flags.on('list')) return yield* listRights(call);
    const [verb, what, third] = flags.args;
    if (verb === undefined || what === undefined)
      throw failed(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
      );
    let attributes: JsonObject;
    if (what.startsWith('/')) attributes = { nonResourceAttributes: { path: what, verb } };
    else {
      const [type = '', named = third ?? ''] = what.split('/');
      const resource = type === '*' ? null : yield* resourceOrNull(call, type);
      const namespace = flags.on('all-namespaces') ? '' : call.namespace;
      if (resource === null && type !== '*')
        kubectl.err(`Warning: the server doesn't have a resource type '${type}'\n\n`);
      else if (resource !== null && !resource.namespaced && namespace !== '')
        kubectl.err(
          `Warning: resource '${resource.resource}' is not namespace scoped${resource.group === '' ? '' : ` in group '${resource.group}'`}\n\n`,
        );
      attributes = {
        resourceAttributes: {
          group: resource?.group ?? (type === '*' ? '*' : ''),
          name: named,
          namespace,
          resource: resource?.resource ?? type,
          subresource: flags.text('subresource'),
          verb,
        },
      };
    }
    const { status } = yield* want<{
      readonly status: { readonly allowed: boolean; readonly reason?: string; readonly evaluationError?: string };
    }>(call, {
      method: 'POST',
      path: `/apis/${AUTHORIZATION}/selfsubjectaccessreviews`,
      body: { apiVersion: AUTHORIZATION, kind: 'SelfSubjectAccessReview', metadata: {}, spec: attributes },
    });
    if (!flags.on('quiet')) {
      const reason = status.allowed || !status.reason ? '' : ` - ${status.reason}`;
      const problem = status.allowed || !status.evaluationError ? '' : ` - ${status.evaluationError}`;
      kubectl.out(`${status.allowed ? 'yes' : 'no'}${reason}${problem}\n`);
    }
    return status.allowed ? 0 : 1;
  },
};

function* listRights(call: Call) {
  const { flags, kubectl } = call;
  const { status } = yield* want<{
    readonly status: { readonly resourceRules?: readonly Rule[]; readonly nonResourceRules?: readonly Rule[] };
  }>(call, {
    method: 'POST',
    path: `/apis/${AUTHORIZATION}/selfsubjectrulesreviews`,
    body: {
      apiVersion: AUTHORIZATION,
      kind: 'SelfSubjectRulesReview',
      metadata: {},
      spec: { namespace: call.namespace },
    },
  });
  const all = [...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])];
  const rules = sortedRules(compactRules(all));
  const rows = rules.map((rule) => [
    ruleResource(rule),
    goList(rule.nonResourceURLs),
    goList(rule.resourceNames),
    goList(rule.verbs),
  ]);
  const head = flags.on('no-headers') ? [] : [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']];
  kubectl.out(rowsText([...head, ...rows], []));
  return 0;
}

interface Who {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const whoami: Command = {
  *run(call) {
    const answered = yield* want<JsonObject>(call, {
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} },
    });
    const printer = yield* printerOf(call.flags);
    if (printer !== null) {
      call.kubectl.out(printer.prints(answered));
      return 0;
    }
    const {
      username = '',
      uid = '',
      groups = [],
      extra = {},
    } = ((answered['status'] as JsonObject)['userInfo'] ?? {}) as unknown as Who;
    const rows = [
      ['ATTRIBUTE', 'VALUE'],
      ...(username === '' ? [] : [['Username', username]]),
      ...(uid === '' ? [] : [['UID', uid]]),
      ...(groups.length === 0 ? [] : [['Groups', goList(groups)]]),
      ...Object.keys(extra)
        .sort()
        .map((key) => [`Extra: ${key}`, goList(extra[key])]),
    ];
    call.kubectl.out(rowsText(rows, []));
    return 0;
  },
};

export const authCommands: Family = { commands: { 'can-i': canI, reconcile: reconcileCommand, whoami } };

const deciding = (type: 'Approved' | 'Denied'): Command => ({
  *run(call) {
    const { flags, kubectl } = call;
    if (flags.args.length === 0) throw failed('one or more CSRs must be specified as <name> or -f <filename>');
    const resource = yield* resourceFor(call, 'certificatesigningrequests');
    for (const name of flags.args) {
      const request = yield* want<CertificateSigningRequest>(call, { method: 'GET', path: pathOf(resource, '', name) });
      const conditions = request.status?.conditions ?? [];
      const other = type === 'Approved' ? 'Denied' : 'Approved';
      if (conditions.some((condition) => condition.type === other))
        throw failed(`certificate signing request ${JSON.stringify(name)} is already ${other}`);
      if (!conditions.some((condition) => condition.type === type) || flags.on('force')) {
        const verb = type === 'Approved' ? 'approve' : 'deny';
        const condition = {
          type,
          status: 'True',
          reason: `Kubectl${type === 'Approved' ? 'Approve' : 'Deny'}`,
          message: `This CSR was ${verb === 'deny' ? 'denied' : 'approved'} by kubectl certificate ${verb}.`,
          lastUpdateTime: timestamp(yield* now()),
        };
        const body = { ...request, status: { ...request.status, conditions: [...conditions, condition] } };
        yield* want(call, { method: 'PUT', path: pathOf(resource, '', name, 'approval'), body });
      }
      kubectl.out(`${kindText(resource)}/${name} ${type.toLowerCase()}\n`);
    }
    return 0;
  },
});

export const certificateCommands: Family = { commands: { approve: deciding('Approved'), deny: deciding('Denied') } };
