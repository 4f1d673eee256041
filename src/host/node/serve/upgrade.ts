/**
 * Requests that take over their connection: exec, attach and port-forward, by WebSocket or SPDY/3.1. The simulation is asked
 * first; only when it has begun the stream does the connection change its protocol, so that a refusal is an ordinary answer.
 */
import { badRequest } from '#engine/api/status-error';
import { askingOf } from './asking';
import { askStream, type Carrier, type CarrierEvents, NO_BODY, refuseUpgrade, type Upgrade } from './carrier';
import { forwardByChannels, forwardBySpdy } from './port-forward';
import { spdyCarrier, spdyOn } from './spdy-carrier';
import { offeredProtocols, protocolFor, SPDY_TUNNEL, tunnelOn, webSocketCarrier } from './web-socket';

const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
/** Virtual time, µs, that a standing clock gives: for an answer to what was typed, and to a command that types nothing. */
const ANSWER_SPAN = 5_000_000;
const COMMAND_SPAN = 3_600_000_000;
const STDIN = 0;

export function upgrade(asked: Upgrade): void {
  const { request } = asked;
  const { url = '/', headers } = request;
  const wanted = headers.upgrade?.toLowerCase() ?? '';
  const forward = (url.split('?')[0] ?? '').endsWith('/portforward');
  if (wanted === 'websocket') {
    const offered = offeredProtocols(request);
    if (forward && offered.includes(SPDY_TUNNEL)) return forwardBySpdy(asked, (handler) => tunnelOn(asked, handler));
    const protocol = protocolFor(forward, offered);
    if (protocol === null) {
      return refuseUpgrade(asked, 400, badRequest(`requested protocol(s) are not supported: [${offered.join(' ')}]`));
    }
    if (forward) return forwardByChannels(asked, protocol);
    return carry(asked, (events) => webSocketCarrier(asked, protocol, events));
  }
  if (wanted === 'spdy/3.1') {
    return forward
      ? forwardBySpdy(asked, (handler) => spdyOn(asked, 'portforward.k8s.io', handler))
      : carry(asked, (events) => spdyCarrier(asked, events));
  }
  refuseUpgrade(asked, 400, badRequest(`unable to upgrade: the protocol ${JSON.stringify(wanted)} is not supported`));
}

/** exec and attach: all channels of one stream on one connection. */
function carry(asked: Upgrade, accept: (events: CarrierEvents) => Carrier): void {
  const { conductor, request, socket } = asked;
  const { query = {} } = askingOf({
    method: 'GET',
    url: request.url ?? '/',
    headers: {},
    body: NO_BODY,
    credentials: {},
  });
  let typing = query['stdin'] === 'true' || query['stdin'] === '1';
  let carrier: Carrier | null = null;
  // While the clock stands still, a command that nobody types to goes on as far as it needs.
  const goOn = (): void => conductor.grant(ticket, typing ? ANSWER_SPAN : COMMAND_SPAN);
  const ticket = askStream(asked, (message) => {
    if (carrier === null) {
      if (message?.type !== 'api/response' || message.code === 0) return void socket.destroy();
      if (message.code !== 101) return refuseUpgrade(asked, message.code, message.body);
      carrier = accept({
        piece(channel, data, end) {
          if (channel === STDIN && end) typing = false;
          conductor.send(ticket, channel, data, end);
          goOn();
        },
        gone: () => conductor.cancel(ticket),
      });
      return goOn();
    }
    if (message?.type === 'api/watch-closed') return carrier.close();
    if (message?.type !== 'api/stream-chunk') return carrier.destroy();
    if (message.data !== '') carrier.send(message.channel, Buffer.from(message.data, 'latin1'));
    if (carrier.unread() > MAX_UNREAD_BYTES) return carrier.destroy();
    goOn();
  });
  socket.once('close', () => conductor.cancel(ticket));
}
