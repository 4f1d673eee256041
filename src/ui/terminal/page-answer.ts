/** What the laptop's browser asks in its shell, and what it makes of the answer. */
import type { Answer } from '#engine/cluster/door';

export type PageAnswer =
  | { readonly type: 'error'; readonly text: string }
  | {
      readonly type: 'page';
      /** e.g. `200 OK`. */
      readonly status: string;
      readonly code: number;
      readonly headers: readonly { readonly name: string; readonly value: string }[];
      readonly body: string;
    };

const WITHIN_SECONDS = 30;

/** The command line that asks for an address; quotes in it are no quotes of the shell. */
export const pageLine = (address: string): string =>
  `curl -sSi -m ${WITHIN_SECONDS} '${address.trim().replaceAll("'", '%27').replaceAll(/\s/g, '%20')}'`;

export function readPage({ output, error }: Pick<Extract<Answer, { output: string }>, 'output' | 'error'>): PageAnswer {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return { type: 'error', text: error.trimEnd() };
  const [first = '', ...lines] = output.slice(0, end).split('\r\n');
  const status = first.replace(/^HTTP\/\S+ /, '');
  return {
    type: 'page',
    status,
    code: Number.parseInt(status, 10) || 0,
    headers: lines.map((line) => {
      const colon = line.indexOf(':');
      return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
    }),
    body: output.slice(end + 4) + (error === '' ? '' : `\n${error.trimEnd()}`),
  };
}

/** The address that a program says it serves, as the browser takes it; null: it says none. */
export function offeredAddress(printed: string): string | null {
  const found = /(?:Forwarding from|Starting to serve on) 127\.0\.0\.1:(\d{1,5})/.exec(printed);
  return found === null ? null : `localhost:${found[1]}/`;
}
