/** @source github.com/pmezard/go-difflib/difflib/difflib_test.go, Python's Lib/difflib.py (documentation of unified_diff) */
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff';

const lines = (text: string): string => text.split('').join('\n');

describe('a unified diff', () => {
  it.each<[before: string, after: string, diff: string]>([
    ['abc', 'abc', ''],
    // TestGroupedOpcodes, ExampleGetUnifiedDiffString of difflib
    ['', 'a', '@@ -1 +1 @@\n-\n+a\n'],
    [lines('abc'), lines('abd'), '@@ -1,3 +1,3 @@\n a\n b\n-c\n+d\n'],
    ['one\ntwo\nthree\nfour', 'zero\none\ntree\nfour', '@@ -1,4 +1,4 @@\n+zero\n one\n-two\n-three\n+tree\n four\n'],
    [lines('abcdefgh'), lines('abcdXefgh'), '@@ -2,6 +2,7 @@\n b\n c\n d\n+X\n e\n f\n g\n'],
    [lines('abcdefgh'), lines('bcdefgh'), '@@ -1,4 +1,3 @@\n-a\n b\n c\n d\n'],
    [lines('abcdefgh'), lines('abcdefg'), '@@ -5,4 +5,3 @@\n e\n f\n g\n-h\n'],
    // Hunks are apart when more than six lines are between them.
    [lines('1abcdef2'), lines('3abcdef4'), '@@ -1,8 +1,8 @@\n-1\n+3\n a\n b\n c\n d\n e\n f\n-2\n+4\n'],
    [
      lines('1abcdefg2'),
      lines('3abcdefg4'),
      '@@ -1,4 +1,4 @@\n-1\n+3\n a\n b\n c\n@@ -6,4 +6,4 @@\n e\n f\n g\n-2\n+4\n',
    ],
  ])('of %j and %j', (before, after, diff) => {
    expect(unifiedDiff(before, after)).toBe(diff);
  });

  it('begins no match at a line that is all over a long text', () => {
    const many = Array.from({ length: 210 }, (_, index) => (index % 2 === 0 ? '}' : `line ${index}`));
    const next = ['}', 'new', ...many];
    expect(unifiedDiff(many.join('\n'), next.join('\n'))).toBe('@@ -1,3 +1,5 @@\n+}\n+new\n }\n line 1\n }\n');
  });
});
