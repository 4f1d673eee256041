// long: a case for each construct of the grammar
/** From shell text to instructions. The parser is a library (unbash); its tree is not kept, only what is made of it. */
import { parse } from 'unbash';
import type {
  ArithmeticExpression,
  CommandNode,
  CompoundList,
  DoubleQuotedChild,
  ParsedScript,
  PipelineNode,
  Redirection,
  Statement,
  AndOr,
  TestExpression,
  Word,
  WordPart as SyntaxPart,
} from 'unbash';
import type { Arithmetic, Instruction, Script, ShellRedirect, ShellWord, Test, WordPart } from './instructions';

/** Scripts already compiled, by their text. A derived value only: it may be emptied at any time. */
const compiled = new Map<string, Script>();
const COMPILED_LIMIT = 500;

/** The instructions of a script's text. The same text gives the same list. */
export function compileScript(text: string): Script {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  const script = new Compiler().script(parse(text), text.trimEnd().length);
  compiled.set(text, script);
  return script;
}

interface Loop {
  readonly breaks: number[];
  readonly continueTo: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One compilation: instructions so far. Lives only while `compileScript` runs. */
class Compiler {
  readonly #out: Instruction[] = [];
  readonly #loops: Loop[] = [];
  #slots = 0;
  #condition = 0;
  #error = '';

  /** @param length - of the text without what is empty at its end */
  script(parsed: ParsedScript, length: number): Script {
    for (const error of parsed.errors ?? []) this.#error ||= error.message;
    const first = parsed.errors?.[0];
    const incomplete = first !== undefined && (first.message.startsWith('unterminated') || first.pos >= length);
    this.#statements(parsed.commands);
    this.#emit({ op: 'end' });
    return { instructions: this.#out, error: this.#error, incomplete };
  }

  #emit(instruction: Instruction): number {
    this.#out.push(instruction);
    return this.#out.length - 1;
  }

  get #here(): number {
    return this.#out.length;
  }

  /** Fills in where a jump emitted earlier leads. */
  #land(at: number, to = this.#here): void {
    const instruction = this.#out[at] as Writable<Instruction & { to: number; done: number; end: number }>;
    if (instruction.op === 'next') instruction.done = to;
    else if (instruction.op === 'subshell') instruction.end = to;
    else instruction.to = to;
  }

  #statements(statements: readonly Statement[]): void {
    for (const statement of statements) {
      this.#node(statement.command, statement.background === true);
      if (this.#condition === 0) this.#emit({ op: 'check' });
    }
  }

  #list(list: CompoundList): void {
    this.#statements(list.commands);
  }

  #conditionOf(list: CompoundList): void {
    this.#condition += 1;
    this.#list(list);
    this.#condition -= 1;
  }

  #node(node: PipelineNode | AndOr, background: boolean): void {
    switch (node.type) {
      case 'AndOr': {
        node.commands.forEach((command, i) => {
          if (i === 0) return this.#inCondition(() => this.#node(command, false));
          const skip = this.#emit({ op: 'jump-if', succeeded: node.operators[i - 1] === '||', to: -1 });
          if (i === node.commands.length - 1) this.#node(command, false);
          else this.#inCondition(() => this.#node(command, false));
          this.#land(skip);
        });
        return;
      }
      case 'Pipeline': {
        node.commands.forEach((command, i) => {
          const last = i === node.commands.length - 1;
          if (!last) this.#emit({ op: 'capture' });
          this.#inCondition(() => this.#command(command, background));
          if (!last) this.#emit({ op: 'capture-to-stdin' });
        });
        if (node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1) this.#emit({ op: 'negate' });
        return;
      }
      default:
        this.#command(node, background);
    }
  }

  #inCondition(emit: () => void): void {
    this.#condition += 1;
    emit();
    this.#condition -= 1;
  }

  #command(node: CommandNode, background: boolean): void {
    switch (node.type) {
      case 'Command': {
        const name = node.name?.value;
        if ((name === 'break' || name === 'continue') && this.#loops.length > 0) return this.#leaveLoop(name);
        const assignments = [];
        const words: ShellWord[] = node.name === undefined ? [] : [this.#word(node.name)];
        for (const part of node.prefix) {
          if (part.type !== 'Assignment') continue;
          const value = part.value.type === 'Word' ? this.#word(part.value) : [];
          assignments.push({ name: part.name, value, append: part.append === true });
        }
        for (const argument of node.args) {
          words.push(argument.type === 'Word' ? this.#word(argument) : this.#assignmentWord(argument));
        }
        this.#emit({ op: 'command', assignments, words, redirects: this.#redirects(node.redirects), background });
        return;
      }
      case 'Redirected':
        this.#emit({ op: 'redirect', redirects: this.#redirects(node.redirects) });
        this.#command(node.command, background);
        this.#emit({ op: 'pop' });
        return;
      case 'BraceGroup':
        return this.#list(node.body);
      case 'Subshell': {
        const enter = this.#emit({ op: 'subshell', end: -1 });
        this.#list(node.body);
        this.#land(enter);
        this.#emit({ op: 'leave-subshell' });
        return;
      }
      case 'If': {
        const ends: number[] = [];
        for (const branch of [{ clause: node.clause, then: node.then }, ...node.elif]) {
          this.#conditionOf(branch.clause);
          const skip = this.#emit({ op: 'jump-if', succeeded: false, to: -1 });
          this.#list(branch.then);
          ends.push(this.#emit({ op: 'jump', to: -1 }));
          this.#land(skip);
        }
        if (node.else === undefined) this.#emit({ op: 'status', status: 0 });
        else this.#list(node.else);
        for (const end of ends) this.#land(end);
        return;
      }
      case 'While': {
        const start = this.#here;
        this.#conditionOf(node.clause);
        const leave = this.#emit({ op: 'jump-if', succeeded: node.kind === 'until', to: -1 });
        this.#loop(
          start,
          () => this.#list(node.body),
          () => {
            this.#emit({ op: 'jump', to: start });
            this.#land(leave);
            this.#emit({ op: 'status', status: 0 });
          },
        );
        return;
      }
      case 'For': {
        this.#emit({
          op: 'for',
          words: node.wordlist === undefined ? null : node.wordlist.map((word) => this.#word(word)),
        });
        const next = this.#emit({ op: 'next', name: node.name.value, done: -1 });
        this.#loop(
          next,
          () => this.#list(node.body),
          () => {
            this.#emit({ op: 'jump', to: next });
            this.#land(next);
          },
        );
        this.#emit({ op: 'pop' });
        return;
      }
      case 'ArithmeticFor': {
        if (node.initialize !== undefined)
          this.#emit({ op: 'arithmetic', expression: this.#arithmetic(node.initialize) });
        const over = this.#emit({ op: 'jump', to: -1 });
        const update = this.#here;
        if (node.update !== undefined) this.#emit({ op: 'arithmetic', expression: this.#arithmetic(node.update) });
        this.#land(over);
        if (node.test === undefined) this.#emit({ op: 'status', status: 0 });
        else this.#emit({ op: 'arithmetic', expression: this.#arithmetic(node.test) });
        const leave = this.#emit({ op: 'jump-if', succeeded: false, to: -1 });
        this.#loop(
          update,
          () => this.#list(node.body),
          () => {
            this.#emit({ op: 'jump', to: update });
            this.#land(leave);
            this.#emit({ op: 'status', status: 0 });
          },
        );
        return;
      }
      case 'Case': {
        const at = this.#emit({ op: 'case', word: this.#word(node.word), items: [], otherwise: -1 });
        const items: { patterns: ShellWord[]; to: number }[] = [];
        const ends: number[] = [];
        for (const item of node.items) {
          items.push({ patterns: item.pattern.map((word) => this.#word(word)), to: this.#here });
          this.#list(item.body);
          ends.push(this.#emit({ op: 'jump', to: -1 }));
        }
        const dispatch = this.#out[at] as Writable<Extract<Instruction, { op: 'case' }>>;
        dispatch.items = items;
        dispatch.otherwise = this.#here;
        for (const end of ends) this.#land(end);
        return;
      }
      case 'Function': {
        const over = this.#emit({ op: 'jump', to: -1 });
        const entry = this.#here;
        if (node.body.type === 'CompoundList') this.#list(node.body);
        else this.#command(node.body, false);
        this.#emit({ op: 'return' });
        this.#land(over);
        this.#emit({ op: 'define', name: node.name.value, entry });
        return;
      }
      case 'TestCommand':
        this.#emit({ op: 'test', test: this.#test(node.expression) });
        return;
      case 'ArithmeticCommand':
        if (node.expression !== undefined)
          this.#emit({ op: 'arithmetic', expression: this.#arithmetic(node.expression) });
        return;
      case 'Select':
      case 'Coproc':
        this.#error ||= `${node.type.toLowerCase()} is not understood`;
    }
  }

  #loop(continueTo: number, body: () => void, end: () => void): void {
    const loop: Loop = { breaks: [], continueTo };
    this.#loops.push(loop);
    body();
    this.#loops.pop();
    end();
    for (const at of loop.breaks) this.#land(at);
  }

  #leaveLoop(name: 'break' | 'continue'): void {
    const loop = this.#loops[this.#loops.length - 1];
    if (loop === undefined) return;
    this.#emit({ op: 'status', status: 0 });
    if (name === 'continue') this.#emit({ op: 'jump', to: loop.continueTo });
    else loop.breaks.push(this.#emit({ op: 'jump', to: -1 }));
  }

  #redirects(redirections: readonly Redirection[]): readonly ShellRedirect[] {
    return redirections.map((redirection) => {
      const descriptor = redirection.descriptor?.type === 'FileDescriptor' ? redirection.descriptor.value : -1;
      if (redirection.type === 'HereDoc') {
        const body = redirection.body;
        const target = body.parts === undefined ? [quotedText(body.text)] : this.#parts(body.parts, true);
        return { descriptor, operator: '<<', target };
      }
      const target = redirection.target === undefined ? [] : this.#word(redirection.target);
      return redirection.type === 'HereString'
        ? { descriptor, operator: '<<', target: [...target, quotedText('\n')] }
        : { descriptor, operator: redirection.operator, target };
    });
  }

  #word(word: Word): ShellWord {
    return word.parts === undefined
      ? [{ of: 'text', text: word.value, quoted: word.text !== word.value }]
      : this.#parts(word.parts, false);
  }

  /** `export A=b`: the assignment as one word, never split. */
  #assignmentWord(argument: {
    readonly name: string;
    readonly append: boolean | undefined;
    readonly value: Word | { readonly type: 'ArrayValue' };
  }): ShellWord {
    const value = argument.value.type === 'Word' ? this.#word(argument.value) : [];
    return [quotedText(`${argument.name}=`), ...value.map(quote)];
  }

  #parts(parts: readonly (SyntaxPart | DoubleQuotedChild)[], quoted: boolean): WordPart[] {
    return parts.flatMap((part) => this.#part(part, quoted));
  }

  #part(part: SyntaxPart | DoubleQuotedChild, quoted: boolean): readonly WordPart[] {
    switch (part.type) {
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return [quotedText(part.value)];
      case 'DoubleQuoted':
      case 'LocaleString':
        return part.parts.length === 0 ? [quotedText('')] : this.#parts(part.parts, true);
      case 'SimpleExpansion':
        return [variable(part.text.slice(1), quoted)];
      case 'ParameterExpansion': {
        const operation = part.operation;
        const operand =
          operation !== undefined && 'operand' in operation && operation.operand !== undefined
            ? this.#word(operation.operand)
            : null;
        const operator = operation !== undefined && 'operator' in operation ? operation.operator : '';
        return [{ ...variable(part.parameter, quoted), length: part.prefix === '#', operator, operand }];
      }
      case 'CommandExpansion': {
        const slot = this.#slots++;
        this.#emit({ op: 'capture' });
        const enter = this.#emit({ op: 'subshell', end: -1 });
        if (part.script !== undefined) this.#inCondition(() => this.#statements(part.script?.commands ?? []));
        this.#land(enter);
        this.#emit({ op: 'leave-subshell' });
        this.#emit({ op: 'capture-to-slot', slot });
        return [{ of: 'slot', slot, quoted }];
      }
      case 'ArithmeticExpansion':
        return part.expression === undefined
          ? [quotedText('0')]
          : [{ of: 'arithmetic', expression: this.#arithmetic(part.expression), quoted }];
      case 'BraceExpansion': {
        const range = /^\{(-?[0-9]{1,6})\.\.(-?[0-9]{1,6})\}$/.exec(part.text);
        return range === null
          ? [{ of: 'text', text: part.text, quoted }]
          : [{ of: 'range', from: Number(range[1]), to: Number(range[2]) }];
      }
      case 'Literal':
      case 'Glob':
        return [{ of: 'text', text: part.value, quoted }];
      case 'ProcessSubstitution':
      case 'ExtendedGlob':
        return [{ of: 'text', text: part.text, quoted }];
    }
  }

  #arithmetic(expression: ArithmeticExpression): Arithmetic {
    switch (expression.type) {
      case 'ArithmeticWord': {
        const word: ShellWord =
          expression.parts === undefined ? [quotedText(expression.value)] : this.#parts(expression.parts, true);
        return { of: 'word', word, name: expression.value };
      }
      case 'ArithmeticGroup':
        return this.#arithmetic(expression.expression);
      case 'ArithmeticUnary':
        return {
          of: 'unary',
          operator: expression.operator,
          operand: this.#arithmetic(expression.operand),
          prefix: expression.prefix,
        };
      case 'ArithmeticBinary':
        return {
          of: 'binary',
          operator: expression.operator,
          left: this.#arithmetic(expression.left),
          right: this.#arithmetic(expression.right),
        };
      case 'ArithmeticTernary':
        return {
          of: 'choice',
          test: this.#arithmetic(expression.test),
          then: this.#arithmetic(expression.consequent),
          otherwise: this.#arithmetic(expression.alternate),
        };
      case 'ArithmeticCommandExpansion':
        return {
          of: 'word',
          word: this.#part({ type: 'CommandExpansion', pos: 0, end: 0, text: '', script: expression.script }, true),
          name: '',
        };
    }
  }

  #test(expression: TestExpression): Test {
    switch (expression.type) {
      case 'TestUnary':
        return { of: 'unary', operator: expression.operator, operand: this.#word(expression.operand).map(quote) };
      case 'TestBinary':
        return {
          of: 'binary',
          operator: expression.operator,
          left: this.#word(expression.left).map(quote),
          right: this.#word(expression.right),
        };
      case 'TestLogical':
        return {
          of: 'logical',
          operator: expression.operator,
          operands: expression.operands.map((operand) => this.#test(operand)),
        };
      case 'TestNot':
        return { of: 'not', operand: this.#test(expression.operand), odd: expression.negations.length % 2 === 1 };
      case 'TestGroup':
        return this.#test(expression.expression);
    }
  }
}

const quotedText = (text: string): WordPart => ({ of: 'text', text, quoted: true });
const quote = (part: WordPart): WordPart => (part.of === 'range' ? part : { ...part, quoted: true });
const variable = (name: string, quoted: boolean): Extract<WordPart, { of: 'variable' }> => ({
  of: 'variable',
  name,
  quoted,
  length: false,
  operator: '',
  operand: null,
});
