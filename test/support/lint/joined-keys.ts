/**
 * An oxlint rule: a text key is never made by joining its parts.
 *
 * A value that holds the separator forges the key of another one, and names and values come from
 * the network. `textKey` of `@telltale/core` puts each part behind its length instead.
 */

interface Node {
  readonly type: string;
  readonly parent?: Node;
  readonly [field: string]: unknown;
}

interface Context {
  report(problem: { readonly node: Node; readonly message: string }): void;
}

const MESSAGE = 'Cannot join the parts of a key: use textKey([...]) of @telltale/core';

/** Names of what identifies something: `key`, `groupKey`, `streamId`, `signature`. */
const KEY_NAME =
  /^#?(?:key|keys|id|identity|signature)$|(?:Key|KeyOf|KeyText|Identity|Signature)$/u;
const LOOKUPS = new Set(['get', 'set', 'has', 'add', 'delete']);
/** Characters that only stand between parts: controls, and the byte that UTF-8 lacks. */
const SEPARATORS = /[^\P{Cc}\t\n\r]|\u00ff/u;

export default {
  meta: { name: 'telltale' },
  rules: { 'no-joined-keys': { create } },
};

function create(context: Context): Record<string, (node: Node) => void> {
  const report = (node: Node): void => context.report({ node, message: MESSAGE });
  const check = (name: string, value: unknown): void => {
    if (KEY_NAME.test(name) && isJoin(value)) report(value);
  };
  return {
    VariableDeclarator: (node) => check(nameOf(node['id']), node['init']),
    AssignmentExpression: (node) => check(nameOf(node['left']), node['right']),
    Property: (node) => check(nameOf(node['key']), node['value']),
    ReturnStatement: (node) => check(functionName(node), node['argument']),
    ArrowFunctionExpression: (node) => check(functionName(node), node['body']),
    CallExpression: (node) => {
      const [argument] = node['arguments'] as readonly unknown[];
      if (isLookup(node) && isJoin(argument)) report(argument);
      if (isJoin(node) && SEPARATORS.test(textOf(argument))) report(node);
    },
    TemplateLiteral: (node) => {
      const between = (node['quasis'] as readonly Node[]).slice(1, -1);
      if (between.some((quasi) => SEPARATORS.test(cookedOf(quasi)))) report(node);
    },
  };
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

/** Several texts put together: a template of two expressions, a `join`, a sum with a literal. */
function isJoin(value: unknown): value is Node {
  if (!isNode(value)) return false;
  if (value.type === 'TemplateLiteral') return (value['expressions'] as unknown[]).length > 1;
  if (value.type === 'CallExpression') return methodOf(value) === 'join';
  if (value.type !== 'BinaryExpression' || value['operator'] !== '+') return false;
  const parts = operandsOf(value);
  return parts.length > 2 && parts.some((part) => textOf(part) !== '');
}

function operandsOf(value: unknown): readonly unknown[] {
  const isSum = isNode(value) && value.type === 'BinaryExpression' && value['operator'] === '+';
  return isSum ? [...operandsOf(value['left']), ...operandsOf(value['right'])] : [value];
}

/** A call such as `map.get(x)`. */
function isLookup(node: Node): boolean {
  return LOOKUPS.has(methodOf(node));
}

function methodOf(node: Node): string {
  const callee = node['callee'];
  return isNode(callee) && callee.type === 'MemberExpression' ? nameOf(callee['property']) : '';
}

/** The name of a variable, a field or a method. */
function nameOf(value: unknown): string {
  if (!isNode(value)) return '';
  if (value.type === 'MemberExpression') return nameOf(value['property']);
  return typeof value['name'] === 'string' ? value['name'] : '';
}

/** The name of the function that a node stands in; `''` when it has none. */
function functionName(node: Node): string {
  let at: Node | undefined = node;
  while (at !== undefined && !/Function/u.test(at.type)) at = at.parent;
  const own = nameOf(at?.['id']);
  if (own !== '' || at?.parent === undefined) return own;
  return nameOf(at.parent['id']) || nameOf(at.parent['key']);
}

function textOf(value: unknown): string {
  return isNode(value) && typeof value['value'] === 'string' ? value['value'] : '';
}

function cookedOf(quasi: Node): string {
  return (quasi['value'] as { readonly cooked?: string | null }).cooked ?? '';
}
