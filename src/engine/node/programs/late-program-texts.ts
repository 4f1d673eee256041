/** What programs write and answer whose images no starting cluster runs. Templates as in `program-texts.ts`. */
import type { ProgramLog } from './program';
import { CLF, each, lines } from './program-texts';

const APACHE = '[{%a %b %d %H:%M:%S.%6N %Y}] ';
const NO_NAME =
  "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {host}. Set the 'ServerName' directive globally to suppress this message";

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

const POSTGRES = '{%Y-%m-%d %H:%M:%S.%3N %Z} [1] LOG:  ';

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

export const APACHE_PAGE = '<html><body><h1>It works!</h1></body></html>\n';

/** What a program that counts its requests tells Prometheus. */
export const REQUESTS_SERVED = `# HELP http_requests_total The amount of requests served by the server in total
# TYPE http_requests_total counter
http_requests_total {served}
`;
