/**
 * How long the simulated scheduler is busy with one pod: 250 µs, and one more for each 16 nodes that it has looked at (16
 * threads look at nodes at once, about a µs each). That makes some 3,500 pods a second in a small cluster: in the range of
 * a real scheduler whose API calls cost nothing; what limits it in practice is its client's rate.
 */
export const MICROSECONDS_PER_CYCLE = 250;
export const NODES_PER_MICROSECOND = 16;
