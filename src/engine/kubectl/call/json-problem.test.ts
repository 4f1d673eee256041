import { expect, it } from 'vitest';
import { jsonProblem } from './json-problem';

// What kubectl 1.33 says of these behind `error: error parsing STDIN: `.
it.each([
  ['{"kind": "Pod",\n"apiVersion" "v1"}\n', `json: offset 30: invalid character '"' after object key`],
  ['{"a" 1', "json: offset 6: invalid character '1' after object key"],
  [String.raw`{"a": "\q"}`, "json: offset 9: invalid character 'q' in string escape code"],
  ['{"a": "é" b}', "json: offset 12: invalid character 'b' after object key:value pair"],
  ['{"a": 1}\n{"b" 1}', "json: offset 15: invalid character '1' after object key"],
  ['{"a": 1} x', "json: offset 10: invalid character 'x' looking for beginning of value"],
  ['{"a": 1', 'unexpected EOF'],
  // Go encoding/json scanner.go
  ['{"a": [1 2]}', "json: offset 10: invalid character '2' after array element"],
  ['{a: 1}', "json: offset 2: invalid character 'a' looking for beginning of object key string"],
  ['{"a": "x\ny"}', String.raw`json: offset 9: invalid character '\n' in string literal`],
  [String.raw`{"a": "\u12g4"}`, String.raw`json: offset 12: invalid character 'g' in \u hexadecimal character escape`],
  ['{"a": [{}, [], -1.5e3, "x", true, null], "b": {}}\n', null],
  ['', null],
])('%j', (text, problem) => expect(jsonProblem(text)).toBe(problem));
