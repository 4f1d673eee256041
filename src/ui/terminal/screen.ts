/**
 * A terminal on the laptop: an emulator that shows what a session of its shell prints, and the line that is being typed. What is
 * typed becomes inputs of the engine; what comes of them is seen in the frames.
 */
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';
import type { Action, Printed } from '#engine/cluster/door';
import { commonStart, complete, isIncomplete, type Knowledge } from '#engine/cluster/laptop';
import { defineConstructedStyle } from './constructed-style';
import { harmless } from './harmless';
import { keysOf, type Key } from './keys';
import { insert, type LineState, newLine, press, remembered } from './line-editor';
import { newPager, type Pager, pagerScreen, pressPager } from './pager';
import { piecesOf } from './pieces';
import { linesBelow, shownLine } from './shown-line';

export interface ScreenHost {
  readonly session: string;
  readonly history: readonly string[];
  /** Answers false when the engine did not take it. */
  send(action: Action): Promise<boolean>;
  knowledge(): Knowledge;
  remember(history: readonly string[]): void;
  /** A command has begun or ended. */
  running(command: boolean): void;
  /** A command waits for an editor of a file. */
  edit(path: string, text: string): void;
  moreCandidates(count: number): string;
}

const PROMPT = 'laptop$ ';
const CONTINUED = '> ';
// oxlint-disable-next-line no-control-regex -- how terminals mark what was pasted
const PASTE = /^\u001B\[200~([\s\S]*?)(?:\u001B\[201~|$)/;
const SCROLLBACK = 20_000;
const MOST_CANDIDATES = 120;

export class Screen {
  readonly terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #host: ScreenHost;
  #line: LineState;
  /** Lines of a command that is not complete. */
  #begun = '';
  /** Of the command that runs. */
  #ticket: string | null = null;
  #tickets = 0;
  /** Typed for a program that runs, and not sent. */
  #input = '';
  /** Rows between the start of the prompt and the cursor. */
  #below = 0;
  #atStart = true;
  /** What is shown a page at a time; null: nothing. */
  #pager: Pager | null = null;
  /** What was typed since the pages were left, until the command has ended: it is for the next prompt. Null: no pages were. */
  #ahead: string[] | null = null;

  constructor(element: HTMLElement, host: ScreenHost, theme: ITheme, label: string, font: string, fontSize: number) {
    defineConstructedStyle();
    this.#host = host;
    this.#line = newLine(host.history);
    this.terminal = new Terminal({
      theme,
      fontFamily: font,
      fontSize,
      lineHeight: 1.2,
      cursorBlink: false,
      scrollback: SCROLLBACK,
      allowProposedApi: false,
    });
    this.terminal.loadAddon(this.#fit);
    this.terminal.open(element);
    this.terminal.textarea?.setAttribute('aria-label', label);
    this.terminal.attachCustomKeyEventHandler((event) => !this.#isForBrowser(event));
    this.terminal.onData((data) => this.#typed(data));
    this.terminal.onResize(() => (this.#pager === null ? this.#redraw() : this.#drawPager()));
    this.terminal.write('\u001B[?2004h'); // pasted text is marked as such
    this.fit();
    this.#redraw();
  }

  /** Copying what is selected, pasting, and what opens and closes the terminal. */
  #isForBrowser(event: KeyboardEvent): boolean {
    if (!event.ctrlKey && !event.metaKey) return false;
    const key = event.key.toLowerCase();
    return key === '`' || key === 'v' || (key === 'c' && this.terminal.hasSelection());
  }

  fit(): void {
    if (this.terminal.element !== undefined && this.terminal.element.clientWidth > 0) this.#fit.fit();
  }

  focus(): void {
    this.terminal.focus();
  }

  dispose(): void {
    this.terminal.dispose();
  }

  /** The editor was closed: the file's new text; null: as it was. */
  edited(text: string | null): void {
    void this.#host.send({ type: 'shell-input', session: this.#host.session, edited: text });
    this.focus();
  }

  /** Puts text at the cursor, as if it was typed. */
  put(text: string): void {
    if (this.#ticket !== null) return;
    this.#line = insert(this.#line, text);
    this.#redraw();
  }

  /** What the session has printed. */
  printed({ session, ticket, stream, text, edits, pages }: Printed): void {
    if (session !== this.#host.session) return;
    if (pages === true) return this.#showPages(text);
    if (edits !== undefined) return this.#host.edit(edits, text);
    if (stream !== null) return this.#write(text);
    if (ticket === this.#ticket) this.#ended();
  }

  #showPages(text: string): void {
    this.#pager = newPager(text);
    this.terminal.write('\u001B[?1049h'); // the other screen, so that what was there comes back
    this.#drawPager();
  }

  #drawPager(): void {
    const { rows, cols } = this.terminal;
    if (this.#pager !== null) this.terminal.write(pagerScreen(this.#pager, rows, cols));
  }

  #toPager(key: Key): void {
    if (this.#pager === null) return;
    this.#pager = pressPager(this.#pager, key, this.terminal.rows);
    if (this.#pager !== null) return this.#drawPager();
    this.#leavePager();
    this.#ahead = [];
    this.edited(null);
  }

  #leavePager(): void {
    this.#pager = null;
    this.terminal.write('\u001B[?1049l');
  }

  #write(text: string): void {
    if (text === '') return;
    for (const piece of piecesOf(text)) this.terminal.write(harmless(piece).replaceAll('\n', '\r\n'));
    this.#atStart = text.endsWith('\n');
  }

  #ended(): void {
    if (this.#pager !== null) this.#leavePager();
    this.terminal.write('\u001B[0m'); // no colour outlives its command
    if (!this.#atStart) this.#write('\n');
    this.#ticket = null;
    this.#below = 0;
    this.#host.running(false);
    this.#line = insert(this.#line, this.#input); // nobody has read it: it was typed ahead
    this.#input = '';
    this.#redraw();
    const ahead = this.#ahead ?? [];
    this.#ahead = null;
    for (const data of ahead) this.#typed(data);
  }

  #typed(data: string): void {
    if (this.#ahead !== null) {
      this.#ahead.push(data);
      return;
    }
    const pasted = PASTE.exec(data);
    if (pasted !== null) {
      const text = pasted[1]!.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
      if (this.#ticket === null) {
        this.put(text);
        return;
      }
      for (const [index, part] of text.split('\n').entries()) {
        if (index > 0) this.#toProgram({ key: 'enter' });
        if (part !== '') this.#toProgram({ key: 'text', text: part });
      }
      return;
    }
    for (const key of keysOf(data)) {
      if (this.#pager !== null) this.#toPager(key);
      else if (this.#ticket === null) this.#toLine(key);
      else this.#toProgram(key);
    }
  }

  #toLine(key: Key): void {
    const { line, effect } = press(this.#line, key);
    this.#line = line;
    switch (effect) {
      case 'enter':
        return this.#enter();
      case 'complete':
        return this.#complete();
      case 'interrupt':
        this.#leaveLine('^C');
        this.#begun = '';
        this.#line = newLine(line.history);
        return this.#redraw();
      case 'clear':
        this.terminal.write('\u001B[H\u001B[2J');
        this.#below = 0;
        return this.#redraw();
      case 'end-of-input':
      case 'none':
        return this.#redraw();
    }
  }

  /** What a program reads that runs: whole lines, as a terminal hands them on. */
  #toProgram(key: Key): void {
    const { session } = this.#host;
    const tell = (more: { text?: string; end?: true; interrupt?: true }): void =>
      void this.#host.send({ type: 'shell-input', session, ...more });
    switch (key.key) {
      case 'text':
        this.#input += key.text;
        return this.#write(key.text);
      case 'enter':
        tell({ text: `${this.#input}\n` });
        this.#input = '';
        return this.#write('\n');
      case 'backspace':
        if (this.#input === '') return;
        this.#input = this.#input.slice(0, -1);
        return this.terminal.write('\b \b');
      case 'interrupt':
        this.#input = '';
        this.#write('^C\n');
        return tell({ interrupt: true });
      case 'end-of-input':
        return tell(this.#input === '' ? { end: true } : { text: this.#input });
      default:
        return;
    }
  }

  /** Goes below the line that was typed. */
  #leaveLine(mark = ''): void {
    this.#line = { ...this.#line, cursor: this.#line.text.length, search: null };
    this.#redraw();
    this.terminal.write(`${mark}\r\n`);
    this.#below = 0;
  }

  #enter(): void {
    const text = this.#begun + this.#line.text;
    this.#leaveLine();
    if (isIncomplete(text)) {
      this.#begun = `${text}\n`;
      this.#line = newLine(this.#line.history);
      return this.#redraw();
    }
    this.#begun = '';
    const history = remembered(this.#line.history, text);
    if (history !== this.#line.history) this.#host.remember(history);
    this.#line = newLine(history);
    if (text.trim() === '') return this.#redraw();
    void this.#run(text);
  }

  async #run(line: string): Promise<void> {
    const { session } = this.#host;
    const ticket = `${session}-${++this.#tickets}`;
    this.#ticket = ticket;
    this.#atStart = true;
    this.#host.running(true);
    const taken = await this.#host.send({ type: 'shell', session, ticket, line, columns: this.terminal.cols });
    if (!taken && this.#ticket === ticket) this.#ended();
  }

  #complete(): void {
    const { text, cursor } = this.#line;
    const { from, candidates } = complete(this.#begun + text.slice(0, cursor), this.#host.knowledge());
    const start = commonStart(candidates);
    const rest = start.slice(this.#begun.length + cursor - from);
    const only = candidates.length === 1;
    if (rest !== '' || only) {
      this.#line = insert(this.#line, rest + (only && !/[=/]$/.test(start) ? ' ' : ''));
      return this.#redraw();
    }
    if (candidates.length > 1) this.#showCandidates(candidates);
  }

  #showCandidates(candidates: readonly string[]): void {
    const line = this.#line;
    this.#leaveLine();
    const shown = candidates.slice(0, MOST_CANDIDATES);
    const width = Math.max(...shown.map((one) => one.length)) + 2;
    const across = Math.max(1, Math.floor(this.terminal.cols / width));
    for (let at = 0; at < shown.length; at += across)
      this.#write(
        `${shown
          .slice(at, at + across)
          .map((one) => one.padEnd(width))
          .join('')
          .trimEnd()}\n`,
      );
    if (shown.length < candidates.length)
      this.#write(`${this.#host.moreCandidates(candidates.length - shown.length)}\n`);
    this.#line = line;
    this.#redraw();
  }

  /** Draws the prompt and the line anew, and the cursor where it belongs. */
  #redraw(): void {
    if (this.#ticket !== null) return;
    const { search } = this.#line;
    const prompt = search !== null ? `(reverse-i-search)'${search}': ` : this.#begun === '' ? PROMPT : CONTINUED;
    const { cols } = this.terminal;
    const colour = search === null ? `\u001B[1;32m${prompt}\u001B[0m` : prompt;
    const up = this.#below > 0 ? `\u001B[${this.#below}A` : '';
    const shown = shownLine(prompt.length, this.#line.text, this.#line.cursor, cols);
    const back = shown.rows - shown.cursorRow;
    const place = `${back > 0 ? `\u001B[${back}A` : ''}\r${shown.cursorColumn > 0 ? `\u001B[${shown.cursorColumn}C` : ''}`;
    this.terminal.write(
      `${up}\r\u001B[J${colour}${linesBelow(this.#line.text, CONTINUED)}${shown.wraps ? '\r\n' : ''}${place}`,
    );
    this.#below = shown.cursorRow;
  }
}
