/**
 * The line discipline of a container's terminal, in canonical mode: what is typed is echoed, can be taken back, and reaches
 * the program line by line; what the program writes gets carriage returns.
 *
 * @source Linux drivers/tty/n_tty.c with the default termios: ICANON, ECHO, ISIG, ICRNL, ONLCR
 */

/** What somebody typed comes to. */
export type Typed =
  | { readonly of: 'echo'; readonly text: string }
  | { readonly of: 'line'; readonly text: string }
  /** Ctrl-D on an empty line. */
  | { readonly of: 'end' }
  /** Ctrl-C. */
  | { readonly of: 'interrupt' };

export interface Terminal {
  /** The line that is being typed. */
  line: string;
  /** Of the window, as `stty size` prints it: rows and columns; `0 0` until its client has said it. */
  size: string;
}

export const newTerminal = (): Terminal => ({ line: '', size: '0 0' });

/** The window has got another size: `{"Width":80,"Height":24}`; anything else changes nothing. */
export function resized(terminal: Terminal, message: string): void {
  const [width, height] = ['Width', 'Height'].map(
    (name) => new RegExp(`"${name}":(\\d{1,5})\\b`, 'i').exec(message)?.[1],
  );
  if (width !== undefined && height !== undefined) terminal.size = `${height} ${width}`;
}

const INTERRUPT = '\u0003';
const END = '\u0004';
const KILL_LINE = '\u0015';
const ERASE = ['\u007f', '\b'];
/** Bytes of a line that are taken. */
const LONGEST_LINE = 4095;

/** Takes what was typed, key by key. */
export function typed(terminal: Terminal, keys: string): Typed[] {
  const out: Typed[] = [];
  for (const key of keys) {
    if (key === '\r' || key === '\n') {
      out.push({ of: 'echo', text: '\r\n' }, { of: 'line', text: `${terminal.line}\n` });
      terminal.line = '';
    } else if (key === INTERRUPT) {
      out.push({ of: 'echo', text: '^C\r\n' }, { of: 'interrupt' });
      terminal.line = '';
    } else if (key === END) {
      if (terminal.line === '') out.push({ of: 'end' });
      else out.push({ of: 'line', text: terminal.line });
      terminal.line = '';
    } else if (ERASE.includes(key)) {
      if (terminal.line === '') continue;
      terminal.line = terminal.line.slice(0, -1);
      out.push({ of: 'echo', text: '\b \b' });
    } else if (key === KILL_LINE) {
      out.push({ of: 'echo', text: '\b \b'.repeat(terminal.line.length) });
      terminal.line = '';
    } else if (terminal.line.length < LONGEST_LINE) {
      terminal.line += key;
      out.push({ of: 'echo', text: key });
    }
  }
  return out;
}

/** What a program writes, as it comes out of a terminal. */
export const onTerminal = (text: string): string => text.replace(/\n/g, '\r\n');
