import { expect, it } from 'vitest';
import { offeredAddress, pageLine, readPage } from './page-answer';

it('asks in the shell, whatever the address holds', () => {
  expect(pageLine(" localhost:8080/a'b c;ls ")).toBe("curl -sSi -m 30 'localhost:8080/a%27b%20c;ls'");
});

it('reads status, header fields and body, and what curl says when there is none', () => {
  const output = 'HTTP/1.1 404 Not Found\r\nServer: nginx/1.27\r\nContent-Length: 3\r\n\r\n<b>';
  expect(readPage({ output, error: '' })).toEqual({
    type: 'page',
    status: '404 Not Found',
    code: 404,
    headers: [
      { name: 'Server', value: 'nginx/1.27' },
      { name: 'Content-Length', value: '3' },
    ],
    body: '<b>',
  });
  const error = "curl: (7) Failed to connect to localhost port 80 after 0 ms: Couldn't connect to server\n";
  expect(readPage({ output: '', error })).toEqual({ type: 'error', text: error.trimEnd() });
});

it.each([
  ['Forwarding from 127.0.0.1:8080 -> 80\n', 'localhost:8080/'],
  ['Starting to serve on 127.0.0.1:8001\n', 'localhost:8001/'],
  ['Handling connection for 8080\n', null],
])('%j offers %s', (printed, address) => {
  expect(offeredAddress(printed)).toBe(address);
});
