/** Ports by number or name. */
import type { Container } from '#engine/api/types';

/** The number of a port of this container; 0 when the name is unknown. */
export function portNumber(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(({ name }) => name === port);
  return named?.containerPort ?? (/^[0-9]{1,5}$/.test(port) ? Number(port) : 0);
}
