/** Runs one benchmark in a process of its own, so that no other has shaped the code that is measured: FILE NAME. Answers its parent. */
import { pathToFileURL } from 'node:url';

const [, , file, name] = process.argv;
const { benchmarks } = await import(pathToFileURL(file).href);
process.send(await benchmarks.find((benchmark) => benchmark.name === name).run());
process.disconnect();
