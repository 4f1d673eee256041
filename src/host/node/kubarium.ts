#!/usr/bin/env -S node --max-semi-space-size=64
/**
 * The command line's entry: `main` with the real files and streams. What an engine makes anew it soon drops: V8 has 64 MB for
 * that instead of 16, so that less of it lives long enough to be copied.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { main } from './main';

process.exitCode = await main(process.argv.slice(2), {
  readFile: (path) => readFileSync(path, 'utf8'),
  writeFile: (path, text) => writeFileSync(path, text),
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
});
