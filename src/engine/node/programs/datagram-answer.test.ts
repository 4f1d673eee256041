import { expect, it } from 'vitest';
import { datagramAnswer } from './datagram-answer';
import { NETEXEC_UDP } from './late-catalogue';

// kubernetes test/images/agnhost/netexec/netexec.go, startUDPServer; README.md
it.each([
  ['hostname', 'web-0'],
  ['hostName\n', 'web-0'],
  ['echo Hello  there', 'hello  there'],
  ['  ECHO x\r\n', 'x'],
  ['echo gr\u00c3\u00bc\u00c3\u009f', 'gr\u00c3\u00bc\u00c3\u009f'],
  ['clientip', '127.0.0.1:40000'],
  ['echo', null],
  ['hostname please', null],
  ['', null],
  ['constructor', null],
])('netexec answers the datagram %j with %j', (data, answer) => {
  expect(datagramAnswer(NETEXEC_UDP, data, { host: 'web-0', client: '127.0.0.1:40000' })).toBe(answer);
});

it('a port without replies says nothing', () => {
  expect(datagramAnswer({ port: 53, protocol: 'udp' }, 'hostname', { host: 'h', client: 'c' })).toBeNull();
});
