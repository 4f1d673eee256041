/** Refusals in kubectl's words. @source kubernetes staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go (StandardErrorMessage, checkErr) */
import type { Status } from '#engine/api/types';
import { errorText } from '../error-text';
import { Failure } from './effects';

/** A refusal, with what was being done in front of it. */
export function statusText(status: Status, doing = ''): string {
  if (status.reason === 'Unauthorized') return `error: You must be logged in to the server (${status.message ?? ''})`;
  if (status.reason === 'Invalid') return errorText(status, doing === '' ? '' : doing);
  return errorText(status, doing);
}

export const connectionFailed = (status: Status): Failure =>
  new Failure(errorText({ ...status, code: 0 }, ''), 1, status);

/** Several failures: each on its line. One alone is told as if it were the only thing that was done. */
export class Failures {
  readonly #all: Failure[] = [];
  add(failure: Failure): void {
    this.#all.push(failure);
  }
  get any(): boolean {
    return this.#all.length > 0;
  }
  /** @throws Failure when there was any */
  tell(): void {
    const [first] = this.#all;
    if (first === undefined) return;
    if (this.#all.length === 1) throw first;
    // Errors that are no refusals lose their prefix in a list.
    const lines = new Set(
      this.#all.map(({ message, status }) => (status === null ? message.replace(/^error: /, '') : message)),
    );
    throw new Failure([...lines].join('\n'));
  }
}
