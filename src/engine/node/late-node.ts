/** Fills the places of code that comes late to machines; importing it is enough. */
import './kubelet/eviction/late-eviction';
import './kubelet/late-termination';
import './kubelet/server/late-server';
import './runtime/late-memory';
import './runtime/late-sessions';
import './traffic/late-load-generator';
