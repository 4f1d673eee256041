/** The columns of kinds that say who may do what. @source kubernetes pkg/printers/internalversion/printers.go */
import type { Kinds } from '../types';
import { ageText, type Cell, columns, type Printers } from './printer';

const BINDING_COLUMNS = columns('Name', 'Role', 'Age', 'Users+', 'Groups+', 'ServiceAccounts+');

function bindingCells(binding: Kinds['RoleBinding'] | Kinds['ClusterRoleBinding'], now: number): readonly Cell[] {
  const { roleRef, subjects = [] } = binding;
  const named = (kind: string): string =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ');
  const subjectCells = ['User', 'Group', 'ServiceAccount'].map(named);
  return [binding.metadata.name, `${roleRef.kind}/${roleRef.name}`, ageText(binding, now), ...subjectCells];
}

export const accessPrinters: Printers = {
  RoleBinding: { columns: BINDING_COLUMNS, cells: bindingCells },
  ClusterRoleBinding: { columns: BINDING_COLUMNS, cells: bindingCells },
};
