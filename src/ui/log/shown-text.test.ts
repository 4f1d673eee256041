import { describe, expect, it } from 'vitest';
import { shownLines, shownText } from './shown-text';

describe('text of strangers', () => {
  it.each([
    ['plain words', 'Pulled image "nginx"', 'Pulled image "nginx"'],
    ['markup stays text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['escape sequences of terminals', '\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['NUL, bell, delete', 'a\u0000b\u0007c\u007f', 'a␀b␇c␡'],
    ['lines', 'one\r\ntwo', 'one␍␊two'],
    ['marks that turn the direction', 'file\u202egpj.exe', 'file⟨U+202E⟩gpj.exe'],
    ['the other set of controls', 'a\u0085b', 'a⟨U+0085⟩b'],
    ['Chinese and pictures', '节点 🙂', '节点 🙂'],
  ])('%s', (_, text, shown) => expect(shownText(text)).toBe(shown));

  it('of a million characters is cut, and not within a pair', () => {
    expect(shownText('x'.repeat(1_000_000))).toHaveLength(401);
    expect(shownText('🙂'.repeat(10), 5)).toBe('🙂🙂…');
  });

  it('may keep its lines', () => expect(shownLines('a\r\n\tb\u0000', 100)).toBe('a\n\tb␀'));
});
