/**
 * Who may do what: the privileged group, the Node authorizer, the roles, in this order, as kubeadm configures it.
 *
 * @source kubernetes pkg/kubeapiserver/authorizer/reload.go, apiserver/pkg/authorization/union/union.go
 */
import { forbidden } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import { PRIVILEGED } from '../authentication/user';
import type { ApiServerState } from '../state';
import type { Attributes } from './attributes';
import { authorizeNode } from './node';
import { authorizeByRoles, type Decision } from './rbac';
import { denialText } from './rules';

const ALLOWED: Decision = Object.freeze({ allowed: true, reason: '' });

export function authorize(state: ApiServerState, of: Attributes): Decision {
  if (of.user.groups.includes(PRIVILEGED)) return ALLOWED;
  const node = authorizeNode(state, of);
  if (node === true) return ALLOWED;
  const roles = authorizeByRoles(state, of);
  if (roles.allowed || node === '') return roles;
  return { allowed: false, reason: roles.reason === '' ? node : `${node}\n${roles.reason}` };
}

/** The refusal of a request; null: it is allowed. */
export function refusalOf(state: ApiServerState, of: Attributes): Status | null {
  const { allowed, reason } = authorize(state, of);
  return allowed ? null : forbidden(of, of.name, denialText(of, reason));
}
