/** A long text in pieces, for an emulator that takes each piece in at once and draws between them. */

const LETTERS = 8_192;

/** Cut behind line breaks, so that no control sequence is torn; a longer line stays whole. */
export function piecesOf(text: string, letters = LETTERS): readonly string[] {
  if (text.length <= letters) return [text];
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const within = from + letters >= text.length ? text.length : text.lastIndexOf('\n', from + letters - 1) + 1;
    const next = within > from ? within : text.indexOf('\n', from) + 1;
    const to = next > from ? next : text.length;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}
