/** `kubectl config`. @source kubernetes kubectl/pkg/cmd/config/*.go */
import { byteOrder, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import { type Call, failed } from '../call/context';
import { type Doing, writeFile } from '../call/effects';
import { contextName, named } from '../call/kubeconfig';
import { printerOf } from '../output/printing';
import { rowsText } from '../output/tab-writer';
import { yamlText } from '../output/yaml';
import type { Command, Family } from './command';

const list = (content: JsonObject, name: string): readonly JsonObject[] => {
  const all = content[name];
  return isJsonArray(all) ? all.filter(isJsonObject) : [];
};
const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

/** Writes the file anew. */
function* save(call: Call, content: JsonObject): Doing<void> {
  yield* writeFile(call.config.path, yamlText(content));
}

/** An entry of a list put in the place of the one of its name, or behind all. */
function put(content: JsonObject, name: string, entry: JsonObject): JsonObject {
  const all = list(content, name);
  const known = all.some((one) => one['name'] === entry['name']);
  return {
    ...content,
    [name]: known ? all.map((one) => (one['name'] === entry['name'] ? entry : one)) : [...all, entry],
  };
}

const HIDDEN: Readonly<Record<string, string>> = {
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
  token: 'REDACTED',
  password: 'REDACTED',
};

function hidden(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(hidden);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, HIDDEN[key] ?? hidden(inner)]));
}

const view: Command = {
  *run(call) {
    const { flags, config, kubectl } = call;
    let { content } = config;
    if (flags.on('minify')) {
      const current = contextName(config, flags.text('context'));
      const context = named(content, 'contexts', current, 'context');
      if (context === null) throw failed('current-context must exist in order to minify');
      const only = (name: string, wanted: string): readonly JsonObject[] =>
        list(content, name).filter((one) => one['name'] === wanted);
      content = {
        ...content,
        contexts: only('contexts', current),
        clusters: only('clusters', textOf(context['cluster'])),
        users: only('users', textOf(context['user'])),
        'current-context': current,
      };
    }
    const { preferences, ...rest } = content;
    const shown = isJsonObject(preferences) && Object.keys(preferences).length > 0 ? { ...rest, preferences } : rest;
    const whole = (flags.on('raw') ? shown : hidden(shown)) as JsonObject;
    const printer = yield* printerOf(flags);
    kubectl.out(printer === null ? yamlText(whole) : printer.prints(whole));
    return 0;
  },
};

const current: Command = {
  *run(call) {
    const name = contextName(call.config, '');
    if (name === '') throw failed('current-context is not set');
    yield* say(call, `${name}\n`);
    return 0;
  },
};

/** Prints at once. */
function* say({ kubectl, config }: Call, text: string): Doing<void> {
  yield { do: 'read', path: config.path };
  kubectl.out(text);
}

const useContext: Command = {
  *run(call) {
    const [name] = call.flags.args;
    if (name === undefined) throw failed(`accepts 1 arg(s), received 0`);
    const { content } = call.config;
    if (named(content, 'contexts', name, 'context') === null)
      throw failed(`no context exists with the name: ${JSON.stringify(name)}`);
    yield* save(call, { ...content, 'current-context': name });
    call.kubectl.out(`Switched to context ${JSON.stringify(name)}.\n`);
    return 0;
  },
};

const getContexts: Command = {
  *run(call) {
    const { flags, config, kubectl } = call;
    const [wanted] = flags.args;
    const all = list(config.content, 'contexts').filter(({ name }) => wanted === undefined || name === wanted);
    if (wanted !== undefined && all.length === 0) throw failed(`context ${wanted} not found`);
    const sorted = all.toSorted((a, b) => byteOrder(textOf(a['name']), textOf(b['name'])));
    if (flags.text('output') === 'name') yield* say(call, sorted.map(({ name }) => `${textOf(name)}\n`).join(''));
    else {
      const now = contextName(config, '');
      const rows = sorted.map(({ name, context }) => {
        const { cluster, user, namespace } = isJsonObject(context) ? context : {};
        return [name === now ? '*' : ' ', textOf(name), textOf(cluster), textOf(user), textOf(namespace)];
      });
      const head = flags.on('no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']];
      kubectl.out(rowsText([...head, ...rows], []));
    }
    return 0;
  },
};

const setContext: Command = {
  *run(call) {
    const { flags, config, kubectl } = call;
    const name = flags.on('current') ? contextName(config, '') : flags.args[0];
    if (name === undefined || name === '')
      throw failed(flags.on('current') ? 'no current context is set' : 'context name is required');
    const before = named(config.content, 'contexts', name, 'context');
    const changes = Object.fromEntries(
      ['cluster', 'user', 'namespace'].filter((flag) => flags.has(flag)).map((flag) => [flag, flags.text(flag)]),
    );
    yield* save(call, put(config.content, 'contexts', { context: { ...before, ...changes }, name }));
    kubectl.out(`Context ${JSON.stringify(name)} ${before === null ? 'created' : 'modified'}.\n`);
    return 0;
  },
};

const names = (field: string): Command => ({
  *run(call) {
    const all = list(call.config.content, field)
      .map(({ name }) => textOf(name))
      .sort(byteOrder);
    yield* say(call, `NAME\n${all.map((name) => `${name}\n`).join('')}`);
    return 0;
  },
});

const deleting = (what: 'context' | 'cluster' | 'user'): Command => ({
  *run(call) {
    const { config, kubectl, flags } = call;
    const [name] = flags.args;
    const field = `${what}s`;
    if (name === undefined || !list(config.content, field).some((one) => one['name'] === name))
      throw failed(`cannot delete ${what} ${name ?? ''}, not in ${config.path}`);
    if (what === 'context' && contextName(config, '') === name)
      kubectl.err(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
      );
    yield* save(call, {
      ...config.content,
      [field]: list(config.content, field).filter((one) => one['name'] !== name),
    });
    kubectl.out(`deleted ${what} ${name} from ${config.path}\n`);
    return 0;
  },
});

const rename: Command = {
  *run(call) {
    const { config, kubectl, flags } = call;
    const [from = '', to = ''] = flags.args;
    const { content } = config;
    if (named(content, 'contexts', from, 'context') === null)
      throw failed(`cannot rename the context ${JSON.stringify(from)}, it's not in ${config.path}`);
    if (named(content, 'contexts', to, 'context') !== null)
      throw failed(
        `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${config.path}`,
      );
    const contexts = list(content, 'contexts').map((one) => (one['name'] === from ? { ...one, name: to } : one));
    yield* save(call, {
      ...content,
      contexts,
      ...(content['current-context'] === from ? { 'current-context': to } : {}),
    });
    kubectl.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
    return 0;
  },
};

/** The laptop has one cluster and one user, those of kubeadm: what the kubeconfig says of others would lead nowhere. */
const notHere: Command = {
  // oxlint-disable-next-line require-yield -- it asks for nothing
  *run({ command }) {
    throw failed(`${command} is not supported on this laptop, which has one cluster and one user`);
  },
};

export const configCommands: Family = {
  commands: {
    view,
    'current-context': current,
    'use-context': useContext,
    use: useContext,
    'get-contexts': getContexts,
    set: notHere,
    'set-cluster': notHere,
    'set-context': setContext,
    'set-credentials': notHere,
    unset: notHere,
    'get-clusters': names('clusters'),
    'get-users': names('users'),
    'delete-context': deleting('context'),
    'delete-cluster': deleting('cluster'),
    'delete-user': deleting('user'),
    'rename-context': rename,
  },
};
