/** `npm start`: installs what is missing, builds the playground, serves it, and opens it where there is a desktop. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installPackages, requireNode, ROOT } from './install.mjs';

const PORT = 5173;

requireNode();
installPackages();

const { buildWeb } = await import('./build.mjs');
const { freePortFrom } = await import('./port.mjs');
const { preview } = await import('vite');

console.log('Building the playground …');
await buildWeb({ ifChanged: true });

const port = await freePortFrom(PORT);
if (port !== PORT) console.log(`Port ${PORT} is taken by another program; using ${port}.`);
const server = await preview({
  root: ROOT,
  configFile: join(ROOT, 'vite.config.ts'),
  preview: { host: '127.0.0.1', port, strictPort: true, open: false },
  logLevel: 'warn',
});
const url = `http://localhost:${port}`;
console.log(`\n  Kubarium is at ${url}\n  Ctrl-C stops it.\n`);
openOnDesktop(url);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.httpServer.closeAllConnections?.();
    server.httpServer.close(() => process.exit(0));
  });
}

function openOnDesktop(address) {
  if (process.env.CI || process.env.BROWSER === 'none' || process.env.SSH_CONNECTION) return;
  const hasDisplay = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const opener = process.platform === 'darwin' ? 'open' : process.platform === 'linux' && hasDisplay ? 'xdg-open' : '';
  if (!opener) return;
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => {}); // no opener installed: the address is printed above
  child.unref();
}
