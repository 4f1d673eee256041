/**
 * From words to an expression. A first wrong word ends it.
 *
 * @source cel-go parser/gen/CEL.g4, parser/{parser,helper}.go
 * @simplified after a word that does not fit, nothing further is looked for
 */
import type { Entry, Expr } from './ast';
import { Lexer, RESERVED, type Token } from './lexer';
import { Builder, qualifiedName } from './builder';
import { expandMacro } from './macros';
import type { SourceError } from './source';

const START =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

const RELATIONS: readonly string[] = ['<', '<=', '>=', '>', '==', '!=', 'in'];
/** @source cel-go parser/options.go (defaults), apiserver/pkg/cel/environment */
const MAX_DEPTH = 250;

class Stop extends Error {}

export type Parsed = { readonly expr: Expr; readonly errors?: undefined } | { readonly errors: readonly SourceError[] };

export function parse(source: string): Parsed {
  const lexer = new Lexer(source);
  const parser = new Parser(lexer.tokens());
  const expr = parser.whole();
  const errors = [...lexer.errors, ...parser.errors];
  return errors.length > 0 || expr === null ? { errors } : { expr };
}

class Parser extends Builder {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    super();
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  get #after(): Token {
    return this.#tokens[this.#at + 1] ?? this.#token;
  }

  #is(...texts: string[]): boolean {
    return this.#token.type === 'op' && texts.includes(this.#token.text);
  }

  #take(): Token {
    return this.#tokens[this.#at++]!;
  }

  #syntax(message: string, { offset } = this.#token): never {
    this.report(offset, `Syntax error: ${message}`);
    throw new Stop();
  }

  /** A word that must be there. */
  #expect(text: string): Token {
    if (this.#is(text)) return this.#take();
    const found = this.#token;
    if (found.type === 'end' && text !== '}' && text !== ':') return this.#syntax(`missing '${text}' at '<EOF>'`);
    const extraneous = this.#after.type === 'op' && this.#after.text === text;
    return this.#syntax(`${extraneous ? 'extraneous' : 'mismatched'} input '${found.text}' expecting '${text}'`);
  }

  whole(): Expr | null {
    try {
      const expr = this.#expr();
      if (this.#token.type === 'end') return expr;
      const extraneous = this.#after.type === 'end';
      return this.#syntax(`${extraneous ? 'extraneous' : 'mismatched'} input '${this.#token.text}' expecting <EOF>`);
    } catch (error) {
      if (error instanceof Stop) return null;
      throw error;
    }
  }

  #expr(): Expr {
    if (++this.#depth > MAX_DEPTH) {
      this.report(-1, `expression recursion limit exceeded: ${MAX_DEPTH}`);
      throw new Stop();
    }
    const condition = this.#or();
    let expr = condition;
    if (this.#is('?')) {
      const { offset } = this.#take();
      const yes = this.#or();
      this.#expect(':');
      expr = this.call(offset, '_?_:_', condition, yes, this.#expr());
    }
    this.#depth--;
    return expr;
  }

  #or(): Expr {
    return this.#logic('||', () => this.#logic('&&', () => this.#binary(RELATIONS, () => this.#sum())));
  }

  #sum(): Expr {
    return this.#binary(['+', '-'], () => this.#binary(['*', '/', '%'], () => this.#unary()));
  }

  /** A chain of `&&` or `||` becomes a tree that is balanced. @source cel-go parser/helper.go (exprBalancer) */
  #logic(text: string, operand: () => Expr): Expr {
    const terms = [operand()];
    const offsets: number[] = [];
    while (this.#is(text)) {
      offsets.push(this.#take().offset);
      terms.push(operand());
    }
    const balanced = (from: number, to: number): Expr => {
      const middle = Math.floor((from + to + 1) / 2);
      const left = middle === from ? terms[middle]! : balanced(from, middle - 1);
      const right = middle === to ? terms[middle + 1]! : balanced(middle + 1, to);
      return this.call(offsets[middle]!, `_${text}_`, left, right);
    };
    return offsets.length === 0 ? terms[0]! : balanced(0, offsets.length - 1);
  }

  #binary(texts: readonly string[], operand: () => Expr): Expr {
    let left = operand();
    while (this.#is(...texts)) {
      const { text, offset } = this.#take();
      left = this.call(offset, text === 'in' ? '@in' : `_${text}_`, left, operand());
    }
    return left;
  }

  #unary(): Expr {
    for (const text of ['!', '-']) {
      if (!this.#is(text)) continue;
      const first = this.#token;
      let count = 0;
      while (this.#is(text)) {
        this.#at++;
        count++;
      }
      const { value } = this.#token;
      if (text === '-' && count === 1 && (typeof value === 'bigint' || typeof value === 'number')) {
        this.#at++;
        return this.#members(this.literal(first.offset, -value));
      }
      const operand = this.#member();
      return count % 2 === 0 ? operand : this.call(first.offset, text === '!' ? '!_' : '-_', operand);
    }
    return this.#member();
  }

  #member(): Expr {
    return this.#members(this.#primary());
  }

  #members(start: Expr): Expr {
    let expr = start;
    for (;;) {
      if (this.#is('.')) {
        const { offset } = this.#take();
        const optional = this.#is('?');
        if (optional) this.#at++;
        expr = this.#field(expr, offset, optional);
      } else if (this.#is('[')) {
        const { offset } = this.#take();
        const optional = this.#is('?');
        if (optional) this.#at++;
        const index = this.#expr();
        this.#expect(']');
        expr = this.call(offset, optional ? '_[?_]' : '_[_]', expr, index);
      } else if (this.#is('{') && (expr.type === 'ident' || expr.type === 'select')) {
        expr = this.#object(expr);
      } else return expr;
    }
  }

  #field(operand: Expr, offset: number, optional: boolean): Expr {
    const token = this.#token;
    const isName = token.type === 'ident' || token.type === 'escaped';
    if (!isName) {
      const words = token.type === 'end' ? 'no viable alternative at input' : 'mismatched input';
      if (token.type === 'end') return this.#syntax(`${words} '.'`, token);
      return this.#syntax(`${words} '${token.text}' expecting IDENTIFIER`);
    }
    this.#at++;
    const name = token.type === 'escaped' ? token.text.slice(1, -1) : token.text;
    if (optional) return this.call(offset, '_?._', operand, this.literal(token.offset, name));
    if (!this.#is('(') || token.type === 'escaped') return this.select(offset, operand, name);
    const open = this.#take();
    return this.#called(open.offset, operand, name, this.#arguments());
  }

  #arguments(): Expr[] {
    const args: Expr[] = [];
    if (!this.#is(')')) {
      do args.push(this.#expr());
      while (this.#is(',') && this.#take());
    }
    this.#expect(')');
    return args;
  }

  #called(offset: number, target: Expr | null, name: string, args: readonly Expr[]): Expr {
    return expandMacro(this, offset, target, name, args) ?? this.memberCall(offset, target, name, args);
  }

  #primary(): Expr {
    const token = this.#token;
    if (token.type === 'literal') {
      this.#at++;
      if (token.value === 1n << 63n) this.report(token.offset, 'invalid int literal');
      return this.literal(token.offset, token.value ?? null);
    }
    if (this.#is('(')) {
      this.#at++;
      const expr = this.#expr();
      this.#expect(')');
      return expr;
    }
    if (this.#is('[')) return this.#list();
    if (this.#is('{')) return this.map(token.offset, this.#entries());
    const leading = this.#is('.') && this.#after.type === 'ident';
    if (leading) this.#at++;
    if (this.#token.type === 'ident') {
      const { text, offset } = this.#take();
      if (RESERVED.has(text)) this.report(offset, `reserved identifier: ${text}`);
      if (!this.#is('(')) return this.ident(offset, text);
      const open = this.#take();
      return this.#called(open.offset, null, text, this.#arguments());
    }
    const fits = this.#after.type === 'literal' || this.#after.type === 'ident';
    const extraneous = token.type !== 'end' && fits;
    return this.#syntax(`${extraneous ? 'extraneous' : 'mismatched'} input '${token.text}' expecting ${START}`);
  }

  #list(): Expr {
    const { offset } = this.#take();
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.#is(']')) {
      if (this.#is('?')) {
        this.#at++;
        optional.add(elements.length);
      }
      elements.push(this.#expr());
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#expect(']');
    return this.list(offset, elements, optional);
  }

  #entries(): Entry[] {
    this.#expect('{');
    const entries: Entry[] = [];
    while (!this.#is('}')) {
      const optional = this.#is('?');
      if (optional) this.#at++;
      const key = this.#expr();
      const { offset } = this.#expect(':');
      entries.push({ offset, key, value: this.#expr(), optional });
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#expect('}');
    return entries;
  }

  /** An object by its type and fields. No type that Kubernetes declares can be made: the checker says so. */
  #object(of: Expr): Expr {
    const name = qualifiedName(of);
    const { offset } = this.#token;
    if (name === null) {
      this.report(offset, 'expected a qualified name');
      throw new Stop();
    }
    this.#take();
    while (!this.#is('}')) {
      const optional = this.#is('?');
      if (optional) this.#at++;
      if (this.#token.type !== 'ident' && this.#token.type !== 'escaped')
        this.#syntax(`mismatched input '${this.#token.text}' expecting '}'`);
      this.#at++;
      this.#expect(':');
      this.#expr();
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#expect('}');
    return { type: 'object', id: this.id(), offset, name };
  }
}
