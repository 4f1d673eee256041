/**
 * The house rules that a linter cannot say: the layers with default deny, known folders, relative imports that stay in
 * their layer, no import cycles (in the engine not even of types), file size and names, no default exports, a complete lock-file, no impure code in the engine.
 *
 * `node .ci/house.mjs [ROOT]` checks, `node .ci/house.mjs --write` first puts the layer rule into `.oxlintrc.json`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseAst } from 'vite';
import {
  IMPURE_GLOBALS,
  IMPURE_MATH,
  IMPURE_MEMBERS,
  KNOWN_FOLDERS,
  LAYERS,
  oxlintOverrides,
  TEST_PACKAGES,
} from './layers.mjs';

const MAX_LINES = 400;
const VAGUE = /^(utils?|helpers?|common|manager|misc|index)$/;
const TEST = /\.(test|bench)\.tsx?$/;
const GENERATED = /\.generated\.ts$/;
const TOP_LEVEL =
  /^(package(-lock)?\.json|index\.html|src|public|e2e|docs|\.ci|(vite|vite\.node|playwright)\.config\.ts|tsconfig(\.\w+)?\.json|README\.md|LICENSE|CONTRIBUTING\.md|CHANGELOG\.md|knip\.json|\.(oxlintrc\.json|prettierrc\.json|prettierignore|editorconfig|gitignore|gitattributes|npmrc|github))$/;

/** Every violation in the checkout at `root`, as lines `path: what is wrong`. */
export function violations(root) {
  const src = join(root, 'src');
  const files = existsSync(src) ? walk(src).map((path) => relative(src, path).split(sep).join('/')) : [];
  const found = [
    ...folderViolations(src),
    ...topLevelViolations(root),
    ...lockViolations(root),
    ...oxlintViolations(root),
  ];
  const graph = new Map();

  for (const file of files) {
    found.push(...nameViolations(file));
    if (!/\.tsx?$/.test(file) || file.endsWith('.d.ts')) continue;
    const code = readFileSync(join(src, file), 'utf8');
    found.push(...sizeViolations(file, code));
    let ast;
    try {
      ast = parseAst(code, { lang: file.endsWith('x') ? 'tsx' : 'ts' }, file);
    } catch (error) {
      found.push(`src/${file}: cannot be parsed: ${String(error).split('\n')[0]}`);
      continue;
    }
    const imports = [];
    visit(ast, (node) => {
      const specifier = importedBy(node);
      if (specifier !== undefined) imports.push({ specifier, typeOnly: isTypeOnly(node) });
      if (node.type === 'ExportDefaultDeclaration') found.push(`src/${file}: default export; export it by name`);
      if (/^(engine|scenarios)\//.test(file) && !TEST.test(file)) {
        const impure = impurity(node);
        if (impure) found.push(`src/${file}: ${impure} in the engine, which is pure and deterministic`);
      }
    });
    if (/^ui\/.*\.tsx$/.test(file) && !TEST.test(file)) found.push(...wordViolations(file, ast));
    for (const { specifier } of imports) found.push(...importViolations(file, specifier));
    graph.set(
      file,
      imports
        .filter(({ typeOnly }) => !(typeOnly && file.startsWith('ui/'))) // slices and their store name each other's types
        .map(({ specifier }) => resolveImport(src, file, specifier))
        .filter((target) => target !== undefined),
    );
  }
  return [...found, ...cycles(graph)];
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function folderViolations(src) {
  return Object.entries(KNOWN_FOLDERS).flatMap(([parent, known]) => {
    const folder = join(src, parent);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() ? !known.includes(entry.name) : parent !== 'host'))
      .map((entry) =>
        entry.isDirectory()
          ? `src/${join(parent, entry.name)}: no rule knows this folder; give it one in .ci/layers.mjs`
          : `src/${join(parent, entry.name)}: files live in a layer's folder`,
      );
  });
}

function topLevelViolations(root) {
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '--directory'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (listed.status !== 0 || !existsSync(join(root, '.git'))) return [];
  const names = new Set(listed.stdout.split('\n').flatMap((path) => (path ? [path.split('/')[0]] : [])));
  return [...names]
    .filter((name) => !TOP_LEVEL.test(name) && existsSync(join(root, name)))
    .map((name) => `${name}: does not belong at the top level (scripts live in .ci/)`);
}

/** A lock-file without the packages of other platforms installs here and fails there, in `npm ci`. */
function lockViolations(root) {
  const path = join(root, 'package-lock.json');
  if (!existsSync(path)) return [];
  const { packages } = JSON.parse(readFileSync(path, 'utf8'));
  const present = new Set(Object.keys(packages).map((key) => key.slice(key.lastIndexOf('node_modules/') + 13)));
  return Object.entries(packages).flatMap(([key, entry]) => [
    ...(entry.resolved ? [`package-lock.json: ${key} names its download address; .npmrc leaves it out`] : []),
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !present.has(name))
      .map((name) => `package-lock.json: ${key} wants ${name}, which is missing; take a version that has it`),
  ]);
}

function oxlintViolations(root) {
  const path = join(root, '.oxlintrc.json');
  if (!existsSync(path)) return [];
  const config = JSON.parse(readFileSync(path, 'utf8'));
  return withLayerRule(config) === JSON.stringify(config)
    ? []
    : ['.oxlintrc.json: differs from .ci/layers.mjs; run `node .ci/house.mjs --write`'];
}

/** The config with the overrides for `src/` replaced by those of the layer table; others stay as they are. */
function withLayerRule(config) {
  const others = (config.overrides ?? []).filter((override) => !override.files.some((glob) => glob.startsWith('src/')));
  return JSON.stringify({ ...config, overrides: [...others, ...oxlintOverrides()] });
}

function nameViolations(file) {
  return file.split('/').flatMap((segment, index, segments) => {
    const name = index === segments.length - 1 ? (segment.split('.')[0] ?? '') : segment;
    if (VAGUE.test(name)) return [`src/${file}: "${name}" says nothing; name it for its subject`];
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [`src/${file}: "${name}" is not kebab-case`];
    return [];
  });
}

function sizeViolations(file, code) {
  const lines = code.split('\n').length - 1;
  return lines <= MAX_LINES || GENERATED.test(file) || /^\/\/ long: \S/m.test(code)
    ? []
    : [`src/${file}: ${lines} lines; split it, or say why not in a line \`// long: reason\``];
}

function importedBy(node) {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source?.value ?? node.argument?.literal?.value;
    case 'NewExpression': // new Worker(new URL('./worker.ts', import.meta.url)) is a door to another runtime, not an import
    default:
      return undefined;
  }
}

function isTypeOnly(node) {
  return node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
}

/** What is impure about this node, or undefined. Catches what oxlint's rules let through (computed members, types). */
function impurity(node) {
  if (node.async === true) return 'an async function';
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) return 'await';
  if (node.type === 'MemberExpression') {
    const name = node.computed ? node.property.value : node.property.name;
    if (node.object.type === 'Identifier' && node.object.name === 'Math' && IMPURE_MATH.includes(name))
      return `Math.${name}`;
    if (IMPURE_MEMBERS.includes(name)) return String(name);
    if (node.object.type === 'Identifier' && node.object.name === 'globalThis') return 'globalThis';
  }
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    const callee = node.callee;
    if (callee.type === 'Identifier' && ['Date', 'Promise', 'setTimeout', 'setInterval'].includes(callee.name))
      return callee.name;
    if (callee.type === 'MemberExpression' && callee.object.type === 'Identifier') {
      const name = callee.object.name;
      if (['Date', 'Promise', 'Intl', 'console', 'performance'].includes(name) && IMPURE_GLOBALS.includes(name))
        return name;
    }
  }
  return undefined;
}

const SPOKEN_ATTRIBUTES = [
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'title',
  'placeholder',
  'alt',
  'label',
];

/** Words that a component says by itself: they are in no catalogue, so they stay English in every language. */
function wordViolations(file, ast) {
  const found = [];
  const say = (words) => {
    if (/\p{L}{2}/u.test(words))
      found.push(`src/${file}: says "${words.trim()}" itself; put it into the catalogues of ui/text`);
  };
  visit(ast, (node) => {
    if (node.type === 'JSXText') say(node.value);
    else if (node.type === 'JSXAttribute' && SPOKEN_ATTRIBUTES.includes(node.name.name))
      spokenStrings(node.value).forEach(say);
    else if (node.type === 'JSXElement' || node.type === 'JSXFragment')
      for (const child of node.children) if (child.type === 'JSXExpressionContainer') spokenStrings(child).forEach(say);
  });
  return found;
}

/** The strings that an expression may come to by itself; what it calls or reads is another's business. */
function spokenStrings(node) {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : [];
    case 'TemplateLiteral':
      return node.quasis.map(({ value }) => value.cooked);
    case 'JSXExpressionContainer':
      return spokenStrings(node.expression);
    case 'ConditionalExpression':
      return [...spokenStrings(node.consequent), ...spokenStrings(node.alternate)];
    case 'LogicalExpression':
    case 'BinaryExpression':
      return /^(\+|\|\||&&|\?\?)$/.test(node.operator)
        ? [...spokenStrings(node.left), ...spokenStrings(node.right)]
        : [];
    default:
      return [];
  }
}

function visit(node, seen) {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, seen);
  } else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') seen(node);
    for (const key in node) {
      const child = node[key];
      if (child !== null && typeof child === 'object') visit(child, seen);
    }
  }
}

function layerOf(path) {
  return Object.keys(LAYERS).find((layer) => path === layer || path.startsWith(`${layer}/`));
}

function importViolations(file, specifier) {
  const layer = layerOf(file);
  if (layer === undefined) return []; // the folder itself is reported
  const rule = LAYERS[layer];
  const where = `src/${file}: imports "${specifier}"`;
  const bare = specifier.replace(/\?.*$/, '');

  if (bare.startsWith('.')) {
    const target = normalize(join(dirname(file), bare))
      .split(sep)
      .join('/');
    return layerOf(target) === layer ? [] : [`${where}, which climbs out of its layer; name the layer: "#…"`];
  }
  if (bare.startsWith('#')) {
    const target = layerOf(bare.slice(1));
    if (target === undefined) return [`${where}: no layer of that name`];
    if (`#${target}` === `#${layer}` && target.startsWith('engine/'))
      return [`${where}, its own layer; inside a layer import relatively`];
    const lower = TEST.test(file) && target.startsWith('engine/') && LAYERS[target].floor < rule.floor;
    return lower || rule.layers.includes(`#${target}`) ? [] : [`${where}: ${layer} may not use ${target}`];
  }
  const packages = [
    ...rule.packages,
    ...(TEST.test(file) ? TEST_PACKAGES : []),
    ...((rule.node ?? []).some((path) => file.startsWith(`${path}/`)) ? rule.nodePackages : []),
  ];
  const allowed = packages.some((name) =>
    name.endsWith('*') ? bare.startsWith(name.slice(0, -1)) : bare === name || bare.startsWith(`${name}/`),
  );
  return allowed ? [] : [`${where}: ${layer} may not use this package`];
}

function resolveImport(src, file, specifier) {
  const bare = specifier.replace(/\?.*$/, '');
  const path = bare.startsWith('.') ? join(dirname(file), bare) : bare.startsWith('#') ? bare.slice(1) : undefined;
  if (path === undefined) return undefined;
  return ['', '.ts', '.tsx']
    .map((extension) =>
      normalize(path + extension)
        .split(sep)
        .join('/'),
    )
    .find((candidate) => statSync(join(src, candidate), { throwIfNoEntry: false })?.isFile());
}

/** Cycles of imports: Tarjan's strongly connected components, each named once. */
function cycles(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const connect = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      if (!index.has(target)) connect(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file), low.get(target)));
    }
    if (low.get(file) !== index.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1 || graph.get(file)?.includes(file))
      found.push(`src/${file}: import cycle: ${component.map((path) => basename(path)).join(' → ')} → …`);
  };
  for (const file of graph.keys()) if (!index.has(file)) connect(file);
  return found;
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const root = resolve(process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '.');
  const oxlintrc = join(root, '.oxlintrc.json');
  if (process.argv.includes('--write')) {
    const config = JSON.parse(readFileSync(oxlintrc, 'utf8'));
    writeFileSync(oxlintrc, `${JSON.stringify(JSON.parse(withLayerRule(config)), null, 2)}\n`);
    spawnSync('npx', ['prettier', '--write', oxlintrc], { stdio: 'ignore' });
  }
  const lines = [...new Set(violations(root))];
  for (const line of lines) console.error(line);
  if (lines.length > 0) {
    console.error(`\n${lines.length} house ${lines.length === 1 ? 'rule' : 'rules'} broken`);
    process.exit(1);
  }
}
