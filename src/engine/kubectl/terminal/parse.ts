/** A line of the laptop's shell as pipelines: words, quotes, `$NAME`, `|`, `&&`, `||`, `;`, redirections, here-documents, comments. */
import type { Command, Pipeline, Redirect } from './session';

export type Parsed =
  | { readonly type: 'pipelines'; readonly pipelines: readonly Pipeline[] }
  /** More lines must come. */
  | { readonly type: 'incomplete' }
  | { readonly type: 'error'; readonly text: string };

type Token =
  | { readonly of: 'word'; readonly text: string; readonly quoted: boolean }
  | { readonly of: 'sign'; readonly text: string };

const SIGNS = [
  '&&',
  '||',
  '<<-',
  '<<<',
  '<<',
  '>>',
  '2>&1',
  '1>&2',
  '>&2',
  '>&1',
  '2>>',
  '2>',
  '&>',
  '|',
  ';',
  '>',
  '<',
  '&',
];

class Incomplete extends Error {}
class Wrong extends Error {}

/** @param variables - what `$NAME` stands for */
export function parseLine(text: string, variables: Readonly<Record<string, string>>): Parsed {
  try {
    return { type: 'pipelines', pipelines: pipelinesOf(tokensOf(text, variables)) };
  } catch (error) {
    if (error instanceof Incomplete) return { type: 'incomplete' };
    if (error instanceof Wrong) return { type: 'error', text: error.message };
    throw error;
  }
}

/** A here-document whose text begins with the next line. */
interface Pending {
  readonly at: number;
  readonly strips: boolean;
}

function tokensOf(text: string, variables: Readonly<Record<string, string>>): Token[] {
  const tokens: Token[] = [];
  const pending: Pending[] = [];
  let at = 0;
  const last = (): Token | undefined => tokens[tokens.length - 1];
  while (at < text.length) {
    const letter = text[at]!;
    if (letter === '\\' && text[at + 1] === '\n') at += 2;
    else if (letter === ' ' || letter === '\t') at++;
    else if (letter === '#') at = lineEnd(text, at);
    else if (letter === '\n') {
      at++;
      for (const { at: index, strips } of pending.splice(0))
        at = readDocument(text, at, index, strips, tokens, variables);
      const before = last();
      if (before !== undefined && !(before.of === 'sign' && [';', '&&', '||', '|'].includes(before.text)))
        tokens.push({ of: 'sign', text: ';' });
    } else {
      const sign = SIGNS.find((one) => text.startsWith(one, at));
      if (sign !== undefined) {
        tokens.push({ of: 'sign', text: sign });
        at += sign.length;
        if (sign === '<<' || sign === '<<-') pending.push({ at: tokens.length, strips: sign === '<<-' });
        continue;
      }
      const word = readWord(text, at, variables);
      at = word.end;
      if (word.text !== '' || word.quoted) tokens.push({ of: 'word', text: word.text, quoted: word.quoted });
    }
  }
  if (pending.length > 0) throw new Incomplete();
  return tokens;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Puts the text of a here-document in the place of its delimiter. */
function readDocument(
  text: string,
  from: number,
  index: number,
  strips: boolean,
  tokens: Token[],
  variables: Readonly<Record<string, string>>,
): number {
  const delimiter = tokens[index];
  if (delimiter?.of !== 'word') throw new Wrong("syntax error near unexpected token `newline'");
  const lines: string[] = [];
  for (let at = from; ;) {
    if (at >= text.length) throw new Incomplete();
    const end = lineEnd(text, at);
    const line = strips ? text.slice(at, end).replace(/^\t+/, '') : text.slice(at, end);
    at = end + 1;
    if (line === delimiter.text) {
      const whole = lines.map((one) => `${one}\n`).join('');
      tokens[index] = { of: 'word', text: delimiter.quoted ? whole : expanded(whole, variables), quoted: true };
      return at;
    }
    lines.push(line);
  }
}

const expanded = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\\\$|\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) =>
    whole === '\\$' ? '$' : (variables[braced ?? plain ?? ''] ?? ''),
  );

/** `$NAME` or `${NAME}` at a place of the text; null: none begins there. */
function variableAt(text: string, at: number): { readonly name: string; readonly end: number } | null {
  const found = /^\$(?:\{(\w{1,100})\}|(\w{1,100}|\?))/.exec(text.slice(at, at + 104));
  return found === null ? null : { name: found[1] ?? found[2] ?? '', end: at + found[0].length };
}

function readWord(text: string, from: number, variables: Readonly<Record<string, string>>) {
  let word = '';
  let quoted = false;
  let at = from;
  while (at < text.length) {
    const letter = text[at]!;
    if (' \t\n|;<>&'.includes(letter)) break;
    if (letter === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new Incomplete();
      word += text.slice(at + 1, end);
      quoted = true;
      at = end + 1;
    } else if (letter === '"') {
      quoted = true;
      at++;
      for (;;) {
        if (at >= text.length) throw new Incomplete();
        const inner = text[at]!;
        if (inner === '"') break;
        const variable = inner === '$' ? variableAt(text, at) : null;
        if (variable !== null) {
          word += variables[variable.name] ?? '';
          at = variable.end;
        } else if (inner === '\\' && '"\\$`\n'.includes(text[at + 1] ?? ' ')) {
          word += text[at + 1] === '\n' ? '' : text[at + 1];
          at += 2;
        } else {
          word += inner;
          at++;
        }
      }
      at++;
    } else if (letter === '\\') {
      if (at + 1 >= text.length) throw new Incomplete();
      word += text[at + 1] === '\n' ? '' : text[at + 1]!;
      at += 2;
    } else {
      const variable = letter === '$' ? variableAt(text, at) : null;
      word += variable === null ? letter : (variables[variable.name] ?? '');
      at = variable === null ? at + 1 : variable.end;
    }
  }
  return { text: word, quoted, end: at };
}

const TO_DESCRIPTOR: Readonly<Record<string, Redirect>> = {
  '2>&1': { from: 2, kind: '&', to: '1' },
  '1>&2': { from: 1, kind: '&', to: '2' },
  '>&2': { from: 1, kind: '&', to: '2' },
  '>&1': { from: 1, kind: '&', to: '1' },
};

function pipelinesOf(tokens: readonly Token[]): Pipeline[] {
  const pipelines: Pipeline[] = [];
  let after: Pipeline['after'] = ';';
  let at = 0;
  while (at < tokens.length) {
    const commands: Command[] = [];
    for (;;) {
      const { command, end } = readCommand(tokens, at);
      at = end;
      const next = tokens[at];
      if (command.argv.length === 0 && Object.keys(command.variables).length === 0 && command.redirects.length === 0) {
        if (next === undefined) throw new Incomplete();
        throw new Wrong(`syntax error near unexpected token \`${next.text}'`);
      }
      commands.push(command);
      if (next?.text !== '|' || next.of !== 'sign') break;
      at++;
      if (at >= tokens.length) throw new Incomplete();
    }
    pipelines.push({ after, commands });
    const next = tokens[at];
    if (next === undefined) break;
    at++;
    if (next.text === '&') throw new Wrong('background jobs are not supported');
    after = next.text as Pipeline['after'];
    if (at >= tokens.length && after !== ';') throw new Incomplete();
  }
  return pipelines;
}

function readCommand(tokens: readonly Token[], from: number): { readonly command: Command; readonly end: number } {
  const argv: string[] = [];
  const variables: Record<string, string> = {};
  const redirects: Redirect[] = [];
  let at = from;
  for (; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.of === 'word') {
      const assigned = argv.length === 0 ? /^([A-Za-z_]\w{0,99})=([\s\S]*)$/.exec(token.text) : null;
      if (assigned === null) argv.push(token.text);
      else variables[assigned[1]!] = assigned[2]!;
      continue;
    }
    if ([';', '&&', '||', '|', '&'].includes(token.text)) break;
    const fixed = TO_DESCRIPTOR[token.text];
    if (fixed !== undefined) {
      redirects.push(fixed);
      continue;
    }
    const target = tokens[++at];
    if (target?.of !== 'word') throw new Wrong(`syntax error near unexpected token \`${target?.text ?? 'newline'}'`);
    redirects.push(...redirectsOf(token.text, target.text));
  }
  return { command: { argv, variables, redirects }, end: at };
}

function redirectsOf(sign: string, to: string): readonly Redirect[] {
  switch (sign) {
    case '<<':
    case '<<-':
      return [{ from: 0, kind: 'text', to }];
    case '<<<':
      return [{ from: 0, kind: 'text', to: `${to}\n` }];
    case '<':
      return [{ from: 0, kind: '<', to }];
    case '2>':
    case '2>>':
      return [{ from: 2, kind: sign === '2>' ? '>' : '>>', to }];
    case '&>':
      return [
        { from: 1, kind: '>', to },
        { from: 2, kind: '&', to: '1' },
      ];
    default:
      return [{ from: 1, kind: sign as '>' | '>>', to }];
  }
}
