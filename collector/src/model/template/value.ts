/** A Go slice: its type's name and its elements. */
export interface ListValue {
  readonly kind: 'list';
  readonly typeName: string;
  readonly items: readonly Value[];
  readonly methods?: Methods;
  /** What it prints as when its type has a `String` method. */
  readonly text?: string;
}

/** A Go map with string keys. `zero` is what a missing key gives. */
export interface MapValue {
  readonly kind: 'map';
  readonly typeName: string;
  readonly entries: ReadonlyMap<string, Value>;
  readonly zero: Value;
  readonly methods?: Methods;
  /** What it prints as when its type has a `String` method. */
  readonly text?: string;
}

/** A Go struct, or a type with methods such as a time. */
export interface ObjectValue {
  readonly kind: 'object';
  readonly typeName: string;
  readonly fields: Readonly<Record<string, Value>>;
  readonly methods?: Methods;
  /** What it prints as when its type has a `String` method. */
  readonly text?: string;
  /** The integer or float behind a type such as a duration. */
  readonly number?: bigint | number;
  /** Names of its fields in JSON where they differ. */
  readonly jsonNames?: Readonly<Record<string, string>>;
}

export type Methods = Readonly<Record<string, GoFunction>>;

/** A function as a value, which `call` can invoke. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly function: GoFunction;
}

/**
 * What flows through a template: `undefined` is Go's invalid value, which prints as `<no value>`.
 * Go's integers are `bigint` and its floats `number`.
 */
export type Value =
  | undefined
  | boolean
  | bigint
  | number
  | string
  | ListValue
  | MapValue
  | ObjectValue
  | FunctionValue;

/**
 * The type a parameter takes: `any` and `value` take everything (`value` leaves an untyped nil
 * alone), any other name is compared with the value's type name.
 */
export type ParameterType = string;

export interface GoFunction {
  readonly parameters: readonly ParameterType[];
  /** The type of the arguments behind `parameters`, when there may be any number of them. */
  readonly rest?: ParameterType;
  /** @throws {Error} whose message becomes `error calling NAME: message`. */
  readonly call: (args: readonly Value[], budget: Budget) => Value;
}

/** Bounds the work of one execution. */
export interface Budget {
  /** @throws {Error} when the execution has used up its steps. */
  spend(steps: number): void;
}

export function stringMap(record: Readonly<Record<string, string>>): MapValue {
  const entries = new Map<string, Value>(Object.entries(record));
  return { kind: 'map', typeName: 'map[string]string', entries, zero: '' };
}

export function list(typeName: string, items: readonly Value[]): ListValue {
  return { kind: 'list', typeName, items };
}

export function typeName(value: Value): string {
  if (value === undefined) return '<nil>';
  if (typeof value === 'object') return value.kind === 'function' ? 'func' : value.typeName;
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** Go's truth: false, 0, nil, `""` and what is empty are false; structs are true. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'object') {
    return value === undefined || Number.isNaN(value) ? value !== undefined : Boolean(value);
  }
  if (value.kind === 'list') return value.items.length > 0;
  return value.kind !== 'map' || value.entries.size > 0;
}

/** The text of a parameter whose type was checked to be `string`. */
export function textOf(value: Value): string {
  return typeof value === 'string' ? value : '';
}

export function findMethod(
  value: ListValue | MapValue | ObjectValue,
  name: string,
): GoFunction | undefined {
  const { methods } = value;
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
}
