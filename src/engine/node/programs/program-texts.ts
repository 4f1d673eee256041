/**
 * What the catalogue's programs write when they start and when somebody asks them something, and the pages that they answer:
 * templates with `{%H:%M:%S}` for the time (as `date` formats it), `{tag}` for the image's version, `{host}` for the pod's name.
 */
import type { ProgramLog } from './program';

const ENTRYPOINT = '/docker-entrypoint.sh: ';
const NGINX_NOTICE = '{%Y/%m/%d %H:%M:%S} [notice] 1#1: ';
const IPV6 = '10-listen-on-ipv6-by-default.sh';

export const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
export const each = (prefix: string, ...texts: readonly string[]): string =>
  lines(...texts.map((text) => prefix + text));

/** The common log format, and the combined one. */
export const CLF = '{client} - - [{%d/%b/%Y:%H:%M:%S %z}] "{method} {path} HTTP/1.1" {code} {size}';

export const NGINX_LOG: ProgramLog = {
  stdout:
    each(
      ENTRYPOINT,
      '/docker-entrypoint.d/ is not empty, will attempt to perform configuration',
      'Looking for shell scripts in /docker-entrypoint.d/',
      `Launching /docker-entrypoint.d/${IPV6}`,
    ) +
    each(
      `${IPV6}: info: `,
      'Getting the checksum of /etc/nginx/conf.d/default.conf',
      'Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf',
    ) +
    each(
      ENTRYPOINT,
      'Sourcing /docker-entrypoint.d/15-local-resolvers.envsh',
      'Launching /docker-entrypoint.d/20-envsubst-on-templates.sh',
      'Launching /docker-entrypoint.d/30-tune-worker-processes.sh',
      'Configuration complete; ready for start up',
    ),
  stderr: each(
    NGINX_NOTICE,
    'using the "epoll" event method',
    'nginx/{tag}',
    'OS: Linux 6.12.0',
    'getrlimit(RLIMIT_NOFILE): 1048576:1048576',
    'start worker processes',
    'start worker process 29',
    'start worker process 30',
    'start worker process 31',
    'start worker process 32',
  ),
  access: `${CLF} "-" "{agent}" "-"\n`,
};

const REDIS = '1:M {%d %b %Y %H:%M:%S.%3N} * ';
export const REDIS_LOG: ProgramLog = {
  stdout:
    each(
      '1:C {%d %b %Y %H:%M:%S.%3N} * ',
      'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo',
      'Redis version={tag}, bits=64, commit=00000000, modified=0, pid=1, just started',
    ) +
    '1:C {%d %b %Y %H:%M:%S.%3N} # Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf\n' +
    each(
      REDIS,
      'monotonic clock: POSIX clock_gettime',
      'Running mode=standalone, port=6379.',
      'Server initialized',
      'Ready to accept connections tcp',
    ),
};

export const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;
/** What nginx answers with an error. */
export const NGINX_ERROR_PAGE =
  '<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n<hr><center>nginx/{tag}</center>\r\n</body>\r\n</html>\r\n';
