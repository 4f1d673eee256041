/** Fills `late.ts`, and the catalogue of images; importing it is enough. */
import '../../programs/late-catalogue';
import { logGrown, logReady } from './container-logs';
import { kubeletServer } from './late';
import { accessAnswered } from './access';
import { serve, serveHttp } from './server';
import { statsAnswered } from './stats';
import { streamAnswered, streamEnded } from './streams';
import { considerResize, resizeDone } from '../resize';
import { beginBootstrap, bootstrapHeard } from '../tls-bootstrap';
import { renewTokens, tokenAnswered, tokensReady } from './tokens';
import { findDirectories, mountsOf, volumesInUse } from './volumes';

kubeletServer.provide({
  serveHttp,
  accessAnswered(state, ctx, tag, answer) {
    if (accessAnswered(state, ctx, tag, answer)) serve(state, ctx, tag.peer, tag.request);
  },
  considerResize,
  resizeDone,
  logReady,
  logGrown,
  streamAnswered,
  streamEnded,
  statsAnswered,
  renewTokens,
  tokenAnswered,
  tokensReady,
  findDirectories,
  mountsOf,
  volumesInUse,
  beginBootstrap,
  bootstrapHeard,
});
