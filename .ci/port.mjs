/** Finds TCP ports on loopback. */
import { createServer } from 'node:net';

/** A port that nobody holds now, chosen by the system. */
export async function freePort() {
  return (await listenOnce(0, '127.0.0.1')) ?? 0;
}

/** The first free port from `first` on, on both loopback addresses, where browsers may look for `localhost`. */
export async function freePortFrom(first) {
  for (let port = first; port < first + 100; port++) {
    const v4 = await listenOnce(port, '127.0.0.1');
    const v6 = v4 !== undefined && (await listenOnce(port, '::1'));
    if (v4 !== undefined && v6 !== undefined) return port;
  }
  throw new Error(`no free port from ${first} to ${first + 99}`);
}

/** The port that was held for a moment; undefined when it is taken. A machine without the address counts as free. */
function listenOnce(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code === 'EADDRINUSE' ? undefined : port));
    server.listen({ port, host, exclusive: true }, () => {
      const held = server.address().port;
      server.close(() => resolve(held));
    });
  });
}
