import { describe, expect, it } from 'vitest';
import { bytesOf, textOf } from './bytes';

const bytes = (...list: number[]): string => String.fromCharCode(...list);

describe('bytes', () => {
  it.each([
    ['grüße', bytes(0x67, 0x72, 0xc3, 0xbc, 0xc3, 0x9f, 0x65)],
    ['€', bytes(0xe2, 0x82, 0xac)],
    ['😀', bytes(0xf0, 0x9f, 0x98, 0x80)],
  ])('of %s are its UTF-8, and back', (text, encoded) => {
    expect([bytesOf(text), textOf(encoded)]).toEqual([encoded, text]);
  });

  it.each([
    ['a lone continuation', bytes(0x80, 0x61)],
    ['half a symbol', bytes(0x61, 0xe2, 0x82)],
    ['longer than needed', bytes(0xc0, 0x80, 0xe0, 0x80, 0xaf)],
    ['a surrogate', bytes(0xed, 0xb2, 0x80)],
    ['beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80)],
    ['all there are', bytes(...Array.from({ length: 256 }, (_, byte) => byte))],
  ])('that are no UTF-8 come back as they were: %s', (_, encoded) => {
    expect(bytesOf(textOf(encoded))).toBe(encoded);
  });
});
