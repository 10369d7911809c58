import { parseDuration } from '../../model/duration.ts';
import { quoteGo } from '../../model/go-string.ts';
import type { Place, YamlEntry, YamlProblem, YamlValue } from '../yaml/tree.ts';

/** Collects what is wrong in a file, in the order of the places. */
export type Report = (place: Place, message: string) => void;

/** A mapping whose keys were checked; unknown keys are reported when it is made. */
export class Fields {
  readonly place: Place;
  readonly #entries: ReadonlyMap<string, YamlEntry>;
  readonly #report: Report;

  constructor(
    value: YamlValue,
    shape: { readonly type: string; readonly keys: readonly string[] },
    report: Report,
  ) {
    this.place = value.place;
    this.#report = report;
    const entries = value.kind === 'map' ? value.entries : [];
    if (value.kind !== 'map' && value.kind !== 'null') {
      report(value.place, `cannot unmarshal ${tagOf(value)} into ${shape.type}`);
    }
    for (const { key, isNullKey, place } of entries) {
      if (isNullKey !== true && !shape.keys.includes(key))
        report(place, `field ${key} not found in type ${shape.type}`);
    }
    this.#entries = new Map(entries.map((entry) => [entry.key, entry]));
  }

  /** The place of a field's value, of the mapping when the field is absent. */
  placeOf(key: string): Place {
    return this.#entries.get(key)?.value.place ?? this.place;
  }

  /** Where the key stands. */
  keyPlaceOf(key: string): Place {
    return this.#entries.get(key)?.place ?? this.place;
  }

  has(key: string): boolean {
    return this.value(key).kind !== 'null';
  }

  value(key: string): YamlValue {
    return this.#entries.get(key)?.value ?? { kind: 'null', place: this.place };
  }

  /** A text; numbers and booleans are taken as they are written. */
  text(key: string): string {
    return textOf(this.value(key), this.#report);
  }

  /** The items of a list, null ones included. */
  list(key: string): readonly YamlValue[] {
    const value = this.value(key);
    if (value.kind === 'list') return value.items;
    if (value.kind !== 'null')
      this.#report(value.place, `cannot unmarshal ${tagOf(value)} into a list`);
    return [];
  }

  /** The items of a list; like upstream, rule files drop null ones. */
  listWithoutNulls(key: string): readonly YamlValue[] {
    return this.list(key).filter(({ kind }) => kind !== 'null');
  }

  /** A mapping of texts, with the places of its keys. */
  textEntries(
    key: string,
  ): readonly { readonly key: string; readonly place: Place; readonly text: string }[] {
    const value = this.value(key);
    if (value.kind === 'map') {
      return value.entries.map((entry) => {
        return { key: entry.key, place: entry.place, text: textOf(entry.value, this.#report) };
      });
    }
    if (value.kind !== 'null') {
      this.#report(value.place, `cannot unmarshal ${tagOf(value)} into map[string]string`);
    }
    return [];
  }

  /** A duration such as `1h30m` in milliseconds; `fallback` when the field is absent. */
  durationMs<T>(key: string, fallback: T): number | T {
    const value = this.value(key);
    if (value.kind === 'null') return fallback;
    if (value.kind !== 'scalar') {
      this.#report(value.place, `cannot unmarshal ${tagOf(value)} into string`);
      return fallback;
    }
    try {
      return parseDuration(value.text);
    } catch (error) {
      this.#report(value.place, describeDurationFault(value.text, error));
      return fallback;
    }
  }

  /** A whole number; 0 when the field is absent. A fraction is cut, as upstream does. */
  integer(key: string): number {
    const value = this.value(key);
    if (value.kind === 'null') return 0;
    const isNumber =
      value.kind === 'scalar' && /^[-+]?(?:[0-9][0-9_]*)(?:\.[0-9]*)?$/u.test(value.text);
    if (!isNumber) {
      const shown = value.kind === 'scalar' ? `${tagOf(value)} \`${value.text}\`` : tagOf(value);
      this.#report(value.place, `cannot unmarshal ${shown} into int`);
      return 0;
    }
    return Math.trunc(Number(value.text.replaceAll('_', '')));
  }

  /** A float; 0 when the field is absent. */
  float(key: string): number {
    const value = this.value(key);
    if (value.kind === 'null') return 0;
    const number = value.kind === 'scalar' ? parseFloatText(value.text) : undefined;
    if (number !== undefined) return number;
    const shown = value.kind === 'scalar' ? `${tagOf(value)} \`${value.text}\`` : tagOf(value);
    this.#report(value.place, `cannot unmarshal ${shown} into float64`);
    return 0;
  }

  /** `true` or `false`; `false` when the field is absent. */
  boolean(key: string): boolean {
    const value = this.value(key);
    if (value.kind === 'null') return false;
    const text = value.kind === 'scalar' ? value.text.toLowerCase() : '';
    if (['true', 'yes', 'on', 'y'].includes(text)) return true;
    if (['false', 'no', 'off', 'n'].includes(text)) return false;
    this.#report(value.place, `cannot unmarshal ${tagOf(value)} into bool`);
    return false;
  }
}

const INFINITY = /^([-+]?)\.(?:inf|Inf|INF)$/u;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/u;
const INTEGER = /^0[xob][0-9a-fA-F_]+$/u;

/** A number as YAML writes it. */
function parseFloatText(text: string): number | undefined {
  const infinite = INFINITY.exec(text);
  if (infinite !== null) {
    return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (/^\.(?:nan|NaN|NAN)$/u.test(text)) return Number.NaN;
  return FLOAT.test(text) || INTEGER.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

function describeDurationFault(text: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const lead = `not a valid duration string: ${quoteGo(text)}`;
  return reason.startsWith(lead) ? reason : `${lead}: ${reason}`;
}

function textOf(value: YamlValue, report: Report): string {
  if (value.kind === 'scalar') return value.text;
  if (value.kind !== 'null') report(value.place, `cannot unmarshal ${tagOf(value)} into string`);
  return '';
}

function tagOf(value: YamlValue): string {
  if (value.kind === 'map') return '!!map';
  return value.kind === 'list' ? '!!seq' : '!!str';
}

export function comparePlaces(left: YamlProblem, right: YamlProblem): number {
  return left.line - right.line || left.column - right.column;
}
