/**
 * How an OTel instrument is called in Prometheus: the rules of Prometheus 3's OTLP endpoint. The
 * alert service stores series under these names and dashboards ask for them, so both call this.
 */

/** The values of Prometheus' own `otlp.translation_strategy`. */
export type TranslationStrategy =
  | 'UnderscoreEscapingWithSuffixes'
  | 'UnderscoreEscapingWithoutSuffixes'
  | 'NoUTF8EscapingWithSuffixes'
  | 'NoTranslation';

export const TRANSLATION_STRATEGIES: readonly TranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
];

export type PromInstrumentKind =
  | 'counter'
  | 'gauge'
  | 'updowncounter'
  | 'histogram'
  | 'exponential_histogram'
  | 'summary';

/** What of an OTel instrument decides its Prometheus name. */
export interface PromNameSource {
  readonly name: string;
  /** UCUM, such as `s`, `By` or `{request}`; absent or empty: none. */
  readonly unit?: string;
  readonly kind: PromInstrumentKind;
  /** Default: `UnderscoreEscapingWithSuffixes`, as in Prometheus. */
  readonly strategy?: TranslationStrategy;
}

export interface PromLabelNameOptions {
  readonly strategy?: TranslationStrategy;
  /** Puts `key` before a label name with a single leading underscore. Default: true. */
  readonly underscoreSanitization?: boolean;
  /** Keeps runs of underscores. Default: true. */
  readonly preserveMultipleUnderscores?: boolean;
}

const MAIN_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    d: 'days',
    h: 'hours',
    min: 'minutes',
    s: 'seconds',
    ms: 'milliseconds',
    us: 'microseconds',
    ns: 'nanoseconds',
    By: 'bytes',
    KiBy: 'kibibytes',
    MiBy: 'mebibytes',
    GiBy: 'gibibytes',
    TiBy: 'tibibytes',
    KBy: 'kilobytes',
    MBy: 'megabytes',
    GBy: 'gigabytes',
    TBy: 'terabytes',
    m: 'meters',
    V: 'volts',
    A: 'amperes',
    J: 'joules',
    W: 'watts',
    g: 'grams',
    Cel: 'celsius',
    Hz: 'hertz',
    '1': '',
    '%': 'percent',
  }),
);

const PER_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    s: 'second',
    m: 'minute',
    h: 'hour',
    d: 'day',
    w: 'week',
    mo: 'month',
    y: 'year',
  }),
);

const NOT_IN_NAME = /[^A-Za-z0-9:]+/u;
const NOT_IN_NAME_WITHOUT_SUFFIXES = /[^A-Za-z0-9:_]+/u;
const NOT_IN_UNIT = /[^A-Za-z0-9:]/gu;
const NOT_IN_LABEL = /[^A-Za-z0-9]/gu;
const LEADING_DIGIT = /^[0-9]/u;
const ONLY_UNDERSCORES = /^_*$/u;

/**
 * The name of the metric family; classic histograms and summaries add `_bucket`, `_sum` and
 * `_count` to it.
 *
 * @throws {RangeError} when nothing usable is left of the name.
 *
 * @example
 * promName({ name: 'ml.inference.duration', unit: 's', kind: 'histogram' });
 * // 'ml_inference_duration_seconds'
 */
export function promName(source: PromNameSource): string {
  const strategy = source.strategy ?? 'UnderscoreEscapingWithSuffixes';
  const name = translateName(source, strategy);
  const isUsable = escapes(strategy)
    ? name !== '' && (name === source.name || !ONLY_UNDERSCORES.test(name))
    : name !== '';
  if (isUsable) return name;
  throw new RangeError(
    `Cannot name metric "${source.name}" in Prometheus: no letter, digit or colon is left of it`,
  );
}

/**
 * The label name of an attribute.
 *
 * @throws {RangeError} when the key is empty or made of underscores only.
 *
 * @example
 * promLabelName('ml.model.name'); // 'ml_model_name'
 */
export function promLabelName(key: string, options: PromLabelNameOptions = {}): string {
  const isEscaped = escapes(options.strategy ?? 'UnderscoreEscapingWithSuffixes');
  const name = isEscaped ? escapeLabelName(key, options) : key;
  if (key !== '' && !ONLY_UNDERSCORES.test(name)) return name;
  throw new RangeError(
    `Cannot use attribute "${key}" as a Prometheus label: no letter or digit is left of it`,
  );
}

/** The unit as Prometheus metadata words it: `seconds`, `bytes_per_second`, `''` for none. */
export function promUnit(unit: string, strategy?: TranslationStrategy): string {
  let [main, per] = unitWords(unit);
  if (escapes(strategy ?? 'UnderscoreEscapingWithSuffixes')) {
    main = cleanUnit(main);
    per = cleanUnit(per);
  }
  const joined = main !== '' && per !== '' ? `${main}_${per}` : main + per;
  return joined.replace(/^_/u, '').replace(/_$/u, '');
}

/** True for the strategies that leave only letters, digits, underscores and colons. */
function escapes(strategy: TranslationStrategy): boolean {
  return (
    strategy === 'UnderscoreEscapingWithSuffixes' ||
    strategy === 'UnderscoreEscapingWithoutSuffixes'
  );
}

function translateName(source: PromNameSource, strategy: TranslationStrategy): string {
  switch (strategy) {
    case 'UnderscoreEscapingWithSuffixes':
      return guardDigit(nameTokens(source).join('_'));
    case 'UnderscoreEscapingWithoutSuffixes':
      return guardDigit(source.name.split(NOT_IN_NAME_WITHOUT_SUFFIXES).filter(Boolean).join('_'));
    case 'NoUTF8EscapingWithSuffixes':
      return appendSuffixes(source);
    case 'NoTranslation':
      return source.name;
  }
}

function guardDigit(name: string): string {
  return LEADING_DIGIT.test(name) ? `_${name}` : name;
}

function nameTokens({ name, unit = '', kind }: PromNameSource): string[] {
  let tokens = name.split(NOT_IN_NAME).filter(Boolean);
  let [main, per] = unitWords(unit).map(cleanUnit) as [string, string];
  if (tokens.includes(main)) main = '';
  // A unit that was nothing but characters to clean leaves `per_` alone.
  per = per === 'per_' ? '' : per.replace(/_$/u, '');
  if (per !== '') main = main.replace(/_$/u, '');
  if (main !== '') tokens.push(main);
  if (per !== '') tokens.push(per);
  if (kind === 'counter') tokens = [...tokens.filter((token) => token !== 'total'), 'total'];
  if (isRatio(unit, kind)) tokens = [...tokens.filter((token) => token !== 'ratio'), 'ratio'];
  return tokens;
}

/** Counters of things are often given the unit `1`, so only gauges become ratios. */
function isRatio(unit: string, kind: PromInstrumentKind): boolean {
  return unit === '1' && kind === 'gauge';
}

/** Appends unit and type to a name that is otherwise kept; from the inside: unit, per, total, ratio. */
function appendSuffixes({ name, unit = '', kind }: PromNameSource): string {
  const [main, per] = unitWords(unit);
  const outer = [
    ...(per === '' ? [] : [per]),
    ...(kind === 'counter' ? ['total'] : []),
    ...(isRatio(unit, kind) ? ['ratio'] : []),
  ];
  let result = outer.reduceRight(cutSuffix, name);
  if (main !== '' && !result.endsWith(main)) result += `_${main}`;
  return [result, ...outer].join('_');
}

/**
 * Cuts a suffix and the one character before it, which is taken for a delimiter. (Prometheus cuts
 * one byte, which leaves half a character where the delimiter is not ASCII.)
 */
function cutSuffix(name: string, suffix: string): string {
  const isCut = name.endsWith(suffix) && name.length > suffix.length + 1;
  return isCut ? name.slice(0, -suffix.length).replace(/.$/su, '') : name;
}

function escapeLabelName(key: string, options: PromLabelNameOptions): string {
  const name =
    options.preserveMultipleUnderscores === false
      ? collapseLabelName(key)
      : key.replace(NOT_IN_LABEL, '_');
  if (LEADING_DIGIT.test(name)) return `key_${name}`;
  const hasSingleUnderscore = name.startsWith('_') && !name.startsWith('__');
  return hasSingleUnderscore && options.underscoreSanitization !== false ? `key${name}` : name;
}

/** Collapses runs of underscores, except those that mark a reserved name such as `__name__`. */
function collapseLabelName(key: string): string {
  const isReserved = key.length >= 4 && key.startsWith('__') && key.endsWith('__');
  const inner = isReserved ? key.slice(2, -2) : key;
  const collapsed = inner.replace(/[^A-Za-z0-9]+/gu, '_');
  return isReserved ? `__${collapsed}__` : collapsed;
}

/** The words of `main/per`; the second with `per_` in front. Annotations in braces are dropped. */
function unitWords(unit: string): [main: string, per: string] {
  const slash = unit.indexOf('/');
  const main = unitWord(slash === -1 ? unit : unit.slice(0, slash), MAIN_UNITS);
  const per = slash === -1 ? '' : unitWord(unit.slice(slash + 1), PER_UNITS);
  return [main, per === '' ? '' : `per_${per}`];
}

function unitWord(text: string, words: ReadonlyMap<string, string>): string {
  const unit = text.trim();
  return /[{}]/u.test(unit) ? '' : (words.get(unit) ?? unit);
}

function cleanUnit(unit: string): string {
  return unit.replace(NOT_IN_UNIT, '_').replace(/_{2,}/gu, '_').replace(/^_/u, '');
}
