/** Properties draw the same cases in every run of the checks; FC_SEED=N draws others, FC_SEED=random new ones each time. */
import fc from 'fast-check';

const { FC_SEED = '20261121' } = process.env;
if (FC_SEED !== 'random') fc.configureGlobal({ seed: Number(FC_SEED) });
