/** The columns of kinds that say who may do what. @source kubernetes pkg/printers/internalversion/printers.go */
import { humanDuration } from '../duration';
import type { Kinds } from '../types';
import { ageText, type Cell, columns, NONE, type Printers } from './printer';

const BINDING_COLUMNS = columns('Name,Role,Age,Users+,Groups+,ServiceAccounts+');

function bindingCells(binding: Kinds['RoleBinding'] | Kinds['ClusterRoleBinding'], now: number): readonly Cell[] {
  const { roleRef, subjects = [] } = binding;
  const named = (kind: string): string =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ');
  const subjectCells = ['User', 'Group', 'ServiceAccount'].map(named);
  return [binding.metadata.name, `${roleRef.kind}/${roleRef.name}`, ageText(binding.metadata, now), ...subjectCells];
}

/** `Pending`, `Approved,Issued`, … */
function stateOf({ status }: Kinds['CertificateSigningRequest']): string {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  const decision = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  return decision + failed + ((status?.certificate ?? '') === '' ? '' : ',Issued');
}

export const accessPrinters: Printers = {
  RoleBinding: { columns: BINDING_COLUMNS, cells: bindingCells },
  CertificateSigningRequest: {
    columns: columns('Name,Age,SignerName,Requestor,RequestedDuration,Condition'),
    cells(request, now) {
      const { signerName, username = '', expirationSeconds } = request.spec;
      const duration = expirationSeconds === undefined ? NONE : humanDuration(expirationSeconds * 1_000_000);
      return [request.metadata.name, ageText(request.metadata, now), signerName, username, duration, stateOf(request)];
    },
  },
  ClusterRoleBinding: { columns: BINDING_COLUMNS, cells: bindingCells },
};
