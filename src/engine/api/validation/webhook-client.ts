/**
 * How a webhook is reached.
 *
 * @source kubernetes apiserver/pkg/util/webhook/validation.go
 */
import { invalid, required, type FieldError } from '../field-error';
import { portNumberErrors } from '../names';
import { requiredText } from './field-rules';

interface WebhookClient {
  readonly url?: string;
  readonly service?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly port?: number;
    readonly path?: string;
  };
}

const FORM = '; desired format: https://host[/path]';

/** Scheme, user, host, query and fragment. */
const URL_PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/;

function urlErrors(url: string, field: string): FieldError[] {
  const [, scheme = '', user, host = '', query = '', fragment = ''] = URL_PARTS.exec(url) ?? [];
  const forbidden = (value: string | undefined, what: string): FieldError[] =>
    value === undefined || value === '' ? [] : [invalid(field, value, `${what} not permitted in the URL`)];
  return [
    ...(scheme === 'https' ? [] : [invalid(field, scheme, `'https' is the only allowed URL scheme${FORM}`)]),
    ...(host === '' ? [invalid(field, '', `host must be specified${FORM}`)] : []),
    ...forbidden(user, 'user information is'),
    ...forbidden(fragment, 'fragments are'),
    ...forbidden(query, 'query parameters are'),
  ];
}

/** Either a URL or a Service, and that one is sound. */
export function webhookClientErrors({ url, service }: WebhookClient, field: string): FieldError[] {
  if ((url === undefined) === (service === undefined))
    return [required(field, 'exactly one of url or service is required')];
  if (url !== undefined) return urlErrors(url, `${field}.url`);
  const port = service?.port ?? 0;
  return [
    ...requiredText(`${field}.service.name`, service?.name, () => [], 'service name is required'),
    ...requiredText(`${field}.service.namespace`, service?.namespace, () => [], 'service namespace is required'),
    ...portNumberErrors(port).map((text) => invalid(`${field}.service.port`, port, `port is not valid: ${text}`)),
  ];
}

/** What comes of a call, in the words of Go's HTTP client. */
export function uncalled({ url, service }: WebhookClient, timeoutSeconds: number): string {
  const called =
    service === undefined
      ? (url ?? '')
      : `https://${service.name ?? ''}.${service.namespace ?? ''}.svc:${service.port ?? 443}${service.path ?? '/'}`;
  const address = `${called}${called.includes('?') ? '&' : '?'}timeout=${timeoutSeconds}s`;
  return `Post ${JSON.stringify(address)}: webhooks are not called in this cluster`;
}
