// long: data: what programs write and answer, as they do
/**
 * What the catalogue's programs write when they start and when somebody asks them something, and the pages that they answer:
 * templates with `{%H:%M:%S}` for the time (as `date` formats it), `{tag}` for the image's version, `{host}` for the pod's name.
 */
import type { ProgramLog } from './program';

const ENTRYPOINT = '/docker-entrypoint.sh: ';
const NGINX_NOTICE = '{%Y/%m/%d %H:%M:%S} [notice] 1#1: ';
const IPV6 = '10-listen-on-ipv6-by-default.sh';

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
const each = (prefix: string, ...texts: readonly string[]): string => lines(...texts.map((text) => prefix + text));

/** The common log format, and the combined one. */
const CLF = '{client} - - [{%d/%b/%Y:%H:%M:%S %z}] "{method} {path} HTTP/1.1" {code} {size}';

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

const APACHE = '[{%a %b %d %H:%M:%S.%6N %Y}] ';
const NO_NAME =
  "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {host}. Set the 'ServerName' directive globally to suppress this message";
export const apacheLog = (command: string, version: string): ProgramLog => ({
  stderr:
    lines(NO_NAME) +
    each(
      APACHE,
      `[mpm_event:notice] [pid 1:tid 1] AH00489: Apache/${version} (Unix) configured -- resuming normal operations`,
      `[core:notice] [pid 1:tid 1] AH00094: Command line: '${command} -D FOREGROUND'`,
    ),
  access: `${CLF}\n`,
});

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

const MYSQL_ENTRYPOINT = '{%Y-%m-%d %H:%M:%S+00:00} [Note] [Entrypoint]: ';
const MYSQL = '{%Y-%m-%dT%H:%M:%S.%6NZ} 0 ';
const mysqlStart = (product: string): string =>
  each(
    MYSQL_ENTRYPOINT,
    `Entrypoint script for ${product} Server {tag} started.`,
    "Switching to dedicated user 'mysql'",
    'Initializing database files',
    'Database files initialized',
    `${product === 'MySQL' ? 'MySQL' : 'MariaDB'} init process done. Ready for start up.`,
  );
export const MYSQL_LOG: ProgramLog = {
  stderr:
    mysqlStart('MySQL') +
    each(
      MYSQL,
      '[System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld {tag}) starting as process 1',
      '[System] [MY-013576] [InnoDB] InnoDB initialization has started.',
      '[System] [MY-013577] [InnoDB] InnoDB initialization has ended.',
      "[System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '{tag}'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.",
    ),
};
export const MARIADB_LOG: ProgramLog = {
  stderr:
    mysqlStart('MariaDB') +
    each(
      '{%Y-%m-%d %H:%M:%S} 0 [Note] ',
      'Starting MariaDB {tag} source revision as process 1',
      'InnoDB: Initializing buffer pool, total size = 128.000MiB, chunk size = 2.000MiB',
      "Server socket created on IP: '0.0.0.0'.",
      'mariadbd: ready for connections.',
    ),
};

const POSTGRES = '{%Y-%m-%d %H:%M:%S.%3N %Z} [1] LOG:  ';
export const POSTGRES_LOG: ProgramLog = {
  stdout: lines('', 'PostgreSQL init process complete; ready for start up.', ''),
  stderr: each(
    POSTGRES,
    'starting PostgreSQL {tag} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit',
    'listening on IPv4 address "0.0.0.0", port 5432',
    'listening on IPv6 address "::", port 5432',
    'listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"',
    'database system is ready to accept connections',
  ),
};

export const MONGO_LOG: ProgramLog = {
  stdout: lines(
    '{"t":{"$date":"{%Y-%m-%dT%H:%M:%S.%3N}+00:00"},"s":"I",  "c":"CONTROL",  "id":4615611, "ctx":"initandlisten","msg":"MongoDB starting","attr":{"pid":1,"port":27017,"dbPath":"/data/db","host":"{host}"}}',
    '{"t":{"$date":"{%Y-%m-%dT%H:%M:%S.%3N}+00:00"},"s":"I",  "c":"NETWORK",  "id":23016,   "ctx":"listener","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}',
  ),
};

export const HTTP_ECHO_LOG: ProgramLog = {
  stdout: '{%Y/%m/%d %H:%M:%S} [INFO] server is listening on :5678\n',
  access: '{%Y/%m/%d %H:%M:%S} {host} {client} "{method} {path} HTTP/1.1" {code} {size} "{agent}" 20.5µs\n',
};

/** Go's log package, on stderr. */
export const goLog = (text: string): ProgramLog => ({ stderr: `{%Y/%m/%d %H:%M:%S} ${text}\n` });

export const HELLO_LOG: ProgramLog = {
  ...goLog('Server listening on port 8080'),
  access: '{%Y/%m/%d %H:%M:%S} Serving request: {path}\n',
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
export const APACHE_PAGE = '<html><body><h1>It works!</h1></body></html>\n';
