/** What a program answers to a datagram. */
import type { ServicePort } from './program';

export interface DatagramPlace {
  readonly host: string;
  /** Who sent it, with port, as the program sees it. */
  readonly client: string;
}

const CAPITALS = /[A-Z]/g;
const ENDS = /^[\t-\r ]+|[\t-\r ]+$/g;

/**
 * @param data - bytes, each a character
 * @returns bytes; null: it says nothing
 * @source kubernetes test/images/agnhost/netexec/netexec.go (startUDPServer)
 */
export function datagramAnswer({ replies = {} }: ServicePort, data: string, place: DatagramPlace): string | null {
  const text = data.replace(ENDS, '').replace(CAPITALS, (letter) => letter.toLowerCase());
  const space = text.indexOf(' ');
  const word = space < 0 ? text : text.slice(0, space);
  const template = Object.hasOwn(replies, word) ? replies[word]! : null;
  if (template === null || template.includes('{rest}') !== space >= 0) return null;
  return template
    .replace('{host}', () => place.host)
    .replace('{client}', () => place.client)
    .replace('{rest}', () => text.slice(space + 1));
}
