/** What a program answers to an HTTP request, and the line that it writes about it. */
import type { Micros } from '#engine/kernel/time';
import { bytesOf } from '#engine/api/bytes';
import { httpCode, type ProgramLog, type ServicePort } from './program';
import { dateText } from './shell/date-text';

export interface HttpQuestion {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly userAgent: string;
  /** Address of who asks, as the program sees it. */
  readonly client: string;
}

export interface HttpAnswer {
  readonly code: number;
  /** Text. */
  readonly body: string;
  readonly contentType: string;
}

/** Where the answer is made. */
export interface HttpPlace {
  readonly host: string;
  /** The image's version. */
  readonly tag: string;
  readonly now: Micros;
  /** HTTP requests that it has answered since it started. */
  readonly served: number;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** `404 Not Found` */
export const statusText = (code: number): string => `${code} ${REASONS[code] ?? ''}`.trimEnd();

/** @param age - µs since the program listens */
export function httpAnswer(port: ServicePort, question: HttpQuestion, age: Micros, place: HttpPlace): HttpAnswer {
  const code = httpCode(port, question.path, age);
  const template = code < 400 ? (port.pages?.[question.path] ?? port.page) : port.errorPage;
  if (template === undefined || template === '') {
    const body = code === 200 ? 'OK\n' : `${statusText(code)}\n`;
    return { code, body, contentType: 'text/plain; charset=utf-8' };
  }
  const body = template.replace(/\{([a-z]+|%[^{}]{1,40})\}/g, (whole, name: string) => {
    if (name.startsWith('%')) return dateText(place.now, name);
    if (name === 'status') return statusText(code);
    if (name === 'served') return String(Math.floor(place.served));
    return name === 'host' ? place.host : name === 'tag' ? place.tag : (partOf(question, name) ?? whole);
  });
  return { code, body, contentType: template.startsWith('<') ? 'text/html' : 'text/plain; charset=utf-8' };
}

const partOf = (question: HttpQuestion, name: string): string | undefined =>
  ({ client: question.client, method: question.method, path: question.path, agent: question.userAgent })[name];

const lines = new Map<string, string>();
const REMEMBERED = 1000;

/** The template of the line for this request, with the time still open; empty when the program writes none. */
export function accessLine(log: ProgramLog, question: HttpQuestion, { code, body }: HttpAnswer): string {
  if (log.access === undefined) return '';
  const size = String(bytesOf(body).length);
  const line = log.access.replace(
    /\{([a-z]+)\}/g,
    (whole, name: string) =>
      partOf(question, name) ?? (name === 'code' ? String(code) : name === 'size' ? size : whole),
  );
  // Equal lines are one text, however many containers write them. Derived: it may be emptied at any time.
  const known = lines.get(line);
  if (known !== undefined) return known;
  if (lines.size >= REMEMBERED) lines.clear();
  lines.set(line, line);
  return line;
}
