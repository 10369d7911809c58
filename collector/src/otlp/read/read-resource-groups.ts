import type { OtlpLimits } from '../limits.ts';
import { OtlpError } from '../otlp-error.ts';
import { WireReader } from '../wire-reader.ts';
import { type AnyValue, readKeyValue } from './any-value.ts';

/** Who produced a log record or span. */
export interface OtlpResource {
  readonly attributes: ReadonlyMap<string, AnyValue>;
}

/** How many items and groups a request has so far. */
export interface ItemBudget {
  readonly limits: OtlpLimits;
  items: number;
  groups: number;
}

/** Reads one item, its length included. Its resource may be filled later. */
type ItemReader<T> = (reader: WireReader, resource: OtlpResource, budget: ItemBudget) => T;

/** Attributes of one record; further ones are left out, as the SDKs themselves do at 128. */
const ATTRIBUTES_MAX = 1024;

export function readAttribute(
  reader: WireReader,
  attributes: Map<string, AnyValue>,
  depthMax: number,
): void {
  const [key, value] = readKeyValue(reader, depthMax);
  if (attributes.size < ATTRIBUTES_MAX) attributes.set(key, value);
}

/** Logs and traces have the same shape: resources, in them scopes, in them items. */
export function readResourceGroups<T>(
  bytes: Uint8Array,
  limits: OtlpLimits,
  readItem: ItemReader<T>,
): T[] {
  const reader = new WireReader(bytes);
  const budget: ItemBudget = { limits, items: 0, groups: 0 };
  const items: T[] = [];
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) readResourceGroup(reader, budget, { items, readItem });
    else reader.skip(tag);
  }
  return items;
}

interface Output<T> {
  readonly items: T[];
  readonly readItem: ItemReader<T>;
}

function readResourceGroup<T>(reader: WireReader, budget: ItemBudget, output: Output<T>): void {
  countGroup(budget);
  const attributes: Map<string, AnyValue> = new Map();
  const resource: OtlpResource = { attributes };
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) readResource(reader, attributes, budget);
    else if (tag === 0x12) readScope(reader, budget, { ...output, resource });
    else reader.skip(tag);
  }
  reader.leave(outer);
}

function readResource(
  reader: WireReader,
  attributes: Map<string, AnyValue>,
  { limits }: ItemBudget,
): void {
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) readAttribute(reader, attributes, limits.depthMax);
    else reader.skip(tag);
  }
  reader.leave(outer);
}

function readScope<T>(
  reader: WireReader,
  budget: ItemBudget,
  output: Output<T> & { readonly resource: OtlpResource },
): void {
  countGroup(budget);
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x12) {
      countItem(budget);
      output.items.push(output.readItem(reader, output.resource, budget));
    } else reader.skip(tag);
  }
  reader.leave(outer);
}

function countItem(budget: ItemBudget): void {
  budget.items += 1;
  if (budget.items > budget.limits.itemsMax) {
    throw tooLarge(`more than ${budget.limits.itemsMax} log records or spans`);
  }
}

function countGroup(budget: ItemBudget): void {
  budget.groups += 1;
  if (budget.groups > budget.limits.groupsMax) {
    throw tooLarge(`more than ${budget.limits.groupsMax} resources and scopes`);
  }
}

function tooLarge(what: string): OtlpError {
  return new OtlpError(
    'OTLP_TOO_LARGE',
    `Cannot take an OTLP request with ${what}: send less at a time`,
  );
}
