/** How an option is written in the environment and in `telltale.yaml`. */
export type OptionType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'duration'
  | 'enum'
  | 'list'
  | 'port'
  | 'names'
  | 'settings';

/** One option: the single place for its names, type and default. README tables come from it. */
export interface OptionRow {
  /** Dotted path in `telltale.yaml` and in code; empty for what only the environment sets. */
  readonly key: string;
  readonly env?: string;
  readonly type: OptionType;
  /** The default as a user would write it; absent when there is none. */
  readonly default?: string;
  readonly description: string;
  /**
   * The members of an `enum`, or of a `list` with a closed vocabulary; for a `duration`, a `port` or
   * an `integer` the words that are allowed besides.
   */
  readonly values?: readonly string[];
  /** Bounds of an `integer` or a `number`. */
  readonly min?: number;
  readonly max?: number;
  /** What may be set for each name, where the type is `settings`. */
  readonly fields?: readonly OptionRow[];
  /** Masked wherever configuration is shown. */
  readonly isSecret?: boolean;
}

/** Lists of names by name. */
export type NamesByName = Readonly<Record<string, readonly string[]>>;

/** What is set for each name, by the key of the field. */
export type SettingsByName = Readonly<
  Record<string, Readonly<Record<string, string | number | boolean | readonly string[]>>>
>;

export type OptionValue =
  | string
  | number
  | boolean
  | readonly string[]
  | NamesByName
  | SettingsByName;

/** A parsed value, or the reason why the text cannot be used. */
export type ParsedOption =
  | { readonly ok: true; readonly value: OptionValue }
  | { readonly ok: false; readonly reason: string };

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/u;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const accept = (value: OptionValue): ParsedOption => ({ ok: true, value });
const reject = (wanted: string, text: string): ParsedOption => ({
  ok: false,
  reason: `expected ${wanted}: current value is "${text}"`,
});

/** Parses the text of an option. Durations become milliseconds; a bare number is milliseconds. */
export function parseOption(row: OptionRow, text: string): ParsedOption {
  const trimmed = text.trim();
  const word = row.type === 'list' ? undefined : wordOf(row, trimmed);
  return word === undefined ? PARSERS[row.type](trimmed, row) : accept(word);
}

const PARSERS: Readonly<Record<OptionType, (text: string, row: OptionRow) => ParsedOption>> = {
  string: accept,
  boolean: parseBoolean,
  integer: parseInteger,
  number: parseNumber,
  duration: parseDurationMs,
  enum: (text, { values = [] }) => reject(`one of ${values.join(', ')}`, text),
  list: parseList,
  port: parsePort,
  names: parseNames,
  settings: parseSettings,
};

/** The allowed word that a text stands for: upper and lower case are one, as in OpenTelemetry. */
function wordOf({ values }: OptionRow, text: string): string | undefined {
  const lower = text.toLowerCase();
  return values?.find((value) => value.toLowerCase() === lower);
}

function parseBoolean(text: string): ParsedOption {
  const lower = text.toLowerCase();
  if (TRUE.has(lower)) return accept(true);
  if (FALSE.has(lower)) return accept(false);
  return reject('true or false', text);
}

function parseInteger(text: string, row: OptionRow): ParsedOption {
  const isInteger = /^\d+$/u.test(text);
  return isInteger ? bounded(row, text) : reject('a whole number', text);
}

function parseNumber(text: string, row: OptionRow): ParsedOption {
  const isNumber = text !== '' && Number.isFinite(Number(text));
  return isNumber ? bounded(row, text) : reject('a number', text);
}

function bounded({ min, max }: OptionRow, text: string): ParsedOption {
  const value = Number(text);
  if (min !== undefined && value < min) return reject(`a number from ${min} on`, text);
  if (max !== undefined && value > max) return reject(`a number up to ${max}`, text);
  return accept(value);
}

function parseNames(text: string): ParsedOption {
  const wanted = 'a mapping of names to lists of names, such as {"features": ["age", "income"]}';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return reject(wanted, text);
  }
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  const areNames = (list: unknown): boolean =>
    Array.isArray(list) && list.every((name) => typeof name === 'string');
  return isMapping && Object.values(value as object).every(areNames)
    ? accept(value as NamesByName)
    : reject(wanted, text);
}

function parseSettings(text: string, { fields = [] }: OptionRow): ParsedOption {
  const known = fields.map(({ key }) => key).join(', ');
  const wanted = `a mapping of names to settings, which are ${known}`;
  const all = mappingOf(text);
  if (all === undefined) return reject(wanted, text);
  const settings: Record<
    string,
    Record<string, string | number | boolean | readonly string[]>
  > = {};
  for (const [name, given] of Object.entries(all)) {
    if (!isMapping(given)) return reject(`settings for "${name}", which are ${known}`, show(given));
    const own: Record<string, string | number | boolean | readonly string[]> = {};
    for (const [key, value] of Object.entries(given)) {
      const row = fields.find((field) => field.key === key);
      if (row === undefined) return reject(`settings of "${name}" out of ${known}`, key);
      const parsed = parseOption(row, Array.isArray(value) ? value.join(',') : show(value));
      if (!parsed.ok) return { ok: false, reason: `"${name}" ${key}: ${parsed.reason}` };
      own[key] = parsed.value as string | number | boolean | readonly string[];
    }
    settings[name] = own;
  }
  return accept(settings);
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

function mappingOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseDurationMs(text: string): ParsedOption {
  const match = DURATION.exec(text);
  if (match === null) return reject('a duration such as "10s" or "500ms"', text);
  return accept(Number(match[1]) * (UNIT_MS[match[2] ?? 'ms'] ?? 1));
}

function parsePort(text: string): ParsedOption {
  const value = Number(text);
  const isPort = /^\d+$/u.test(text) && value <= 65_535;
  return isPort ? accept(value) : reject('a port from 0 to 65535, 0 for any free one', text);
}

function parseList(text: string, row: OptionRow): ParsedOption {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (row.values === undefined) return accept(items);
  const stranger = items.find((item) => wordOf(row, item) === undefined);
  if (stranger === undefined) return accept(items.map((item) => wordOf(row, item) ?? item));
  return reject(`items out of ${row.values?.join(', ')}`, stranger);
}
