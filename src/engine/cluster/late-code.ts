/**
 * Fills all places of code that may come late. A host that has it all at hand imports this file; the browser's worker loads it
 * when somebody is about to act.
 */
import { parseManifest } from '#engine/api/manifest';
import { manifestReader } from '#engine/api/manifest-document';
import { shellCode } from '#engine/node/programs/shell/interpreter';
import { shell } from '#engine/node/programs/shell/shell';

manifestReader.provide(parseManifest);
shell.provide(shellCode);
