import { it } from 'vitest';
import { benchmarks } from './apiserver.bench';
it('bench', () => { for (const b of benchmarks) console.log(b.name, Math.round(b.run())); }, 120000);
