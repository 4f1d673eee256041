#!/usr/bin/env node
/** The command line's entry: `main` with the real files and streams. */
import { readFileSync, writeFileSync } from 'node:fs';
import { main } from './main';

process.exitCode = await main(process.argv.slice(2), {
  readFile: (path) => readFileSync(path, 'utf8'),
  writeFile: (path, text) => writeFileSync(path, text),
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
});
