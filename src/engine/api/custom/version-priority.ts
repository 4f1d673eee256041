/** Which of two versions of an API comes first. @source kubernetes apimachinery/pkg/version/helpers.go */
import { byteOrder } from '../json';

const KUBE_VERSION = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;

/** GA before beta before alpha, the newer of each first; whatever is no such version comes last, in order of the alphabet. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = KUBE_VERSION.exec(a);
  const right = KUBE_VERSION.exec(b);
  if (left === null || right === null)
    return left === null && right === null ? byteOrder(a, b) : left === null ? 1 : -1;
  const stage = (found: RegExpExecArray): number => (found[2] === undefined ? 2 : found[2] === 'beta' ? 1 : 0);
  return (
    stage(right) - stage(left) || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0)
  );
}
