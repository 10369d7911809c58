import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../limits.ts';
import { OtlpError } from '../otlp-error.ts';
import { ProtobufWriter } from '../protobuf-writer.ts';
import type { OtlpSignal } from '../response.ts';
import { SCALARS, type ScalarKind, UINT32, UINT64, wantedInteger } from './json-scalars.ts';
import { scanJson } from './json-scan.ts';
import {
  type JsonField,
  type JsonMessage,
  LOGS_REQUEST,
  METRICS_REQUEST,
  TRACES_REQUEST,
} from './json-schema.ts';
import { checkJsonShape, VALUES_MAX } from './json-shape.ts';
import { type IntegerRange, readJsonDouble, readJsonInteger } from './json-values.ts';

const REQUESTS: Readonly<Record<OtlpSignal, JsonMessage>> = {
  metrics: METRICS_REQUEST,
  logs: LOGS_REQUEST,
  traces: TRACES_REQUEST,
};

/** Levels of messages around an attribute value: request, resource, scope, metric, data, point. */
const OUTER_LEVELS = 8;

/**
 * Turns an OTLP/JSON request into the protobuf request that means the same, so that one reader
 * serves both.
 *
 * @throws {OtlpError} when the bytes are no JSON or would become too much, or a field has another type than OTLP gives it.
 */
export function jsonToProtobuf(
  signal: OtlpSignal,
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Uint8Array {
  // What is shorter than this has fewer values.
  if (bytes.length < VALUES_MAX) {
    const scanned = scanJson(REQUESTS[signal], bytes);
    if (scanned !== undefined) return scanned;
  }
  return transcodeJson(signal, bytes, limits);
}

/** The same for any text, with the words for what is wrong with it. */
export function transcodeJson(
  signal: OtlpSignal,
  bytes: Uint8Array,
  limits: OtlpLimits = DEFAULT_OTLP_LIMITS,
): Uint8Array {
  checkJsonShape(bytes);
  const transcoder = new JsonTranscoder(limits.depthMax);
  transcoder.message(REQUESTS[signal], parseJson(bytes));
  return transcoder.finish();
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new OtlpError('OTLP_MALFORMED', `Cannot read OTLP as JSON: ${jsonFault(cause)}`, {
      cause,
    });
  }
}

/** What is wrong without the text around it, which the engine's message would quote. */
function jsonFault(cause: unknown): string {
  if (!(cause instanceof SyntaxError)) return 'the bytes are no UTF-8';
  const position = /at position \d+/u.exec(cause.message)?.[0];
  return position === undefined ? 'the text ends too early' : `unexpected character ${position}`;
}

class JsonTranscoder {
  readonly #writer = new ProtobufWriter();
  readonly #path: (string | number)[] = [];
  readonly #depthMax: number;
  #depth = 0;

  constructor(depthMax: number) {
    // A level of attribute values is two or three messages.
    this.#depthMax = OUTER_LEVELS + 3 * depthMax;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }

  message(schema: JsonMessage, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#fault('an object', value);
    }
    this.#depth += 1;
    if (this.#depth > this.#depthMax) {
      throw new OtlpError(
        'OTLP_TOO_LARGE',
        'Cannot take an OTLP attribute whose values are nested so deeply: flatten it',
      );
    }
    const fields = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(fields)) {
      const field = schema.get(key);
      const inner = fields[key];
      // null means absent, and a name that is not known belongs to a later version.
      if (field === undefined || inner === null) continue;
      this.#path.push(key);
      if (field.isList) this.#list(field, inner);
      else this.#field(field, inner);
      this.#path.pop();
    }
    this.#depth -= 1;
  }

  #list(field: JsonField, value: unknown): void {
    if (!Array.isArray(value)) throw this.#fault('a list', value);
    const items: unknown[] = value;
    if (field.kind === 'fixed64') {
      this.#writer.fixed64s(
        field.number,
        this.#each(items, (item) => this.#integer(item, UINT64)),
      );
    } else if (field.kind === 'double') {
      this.#writer.doubles(
        field.number,
        this.#each(items, (item) => this.#double(item)),
      );
    } else {
      for (const [index, item] of items.entries()) {
        this.#path.push(index);
        this.#field(field, item);
        this.#path.pop();
      }
    }
  }

  #each<T>(items: readonly unknown[], read: (item: unknown) => T): T[] {
    return items.map((item, index) => {
      this.#path.push(index);
      const result = read(item);
      this.#path.pop();
      return result;
    });
  }

  #field({ number, kind }: JsonField, value: unknown): void {
    if (typeof kind === 'object') {
      if ('names' in kind) this.#writer.varint(number, this.#enumNumber(kind.names, value));
      else {
        const contentAt = this.#writer.begin(number);
        this.message(kind.message(), value);
        this.#writer.end(contentAt);
      }
    } else this.#scalar(number, kind, value);
  }

  #scalar(number: number, kind: ScalarKind, value: unknown): void {
    const { wanted, write } = SCALARS[kind];
    if (!write(this.#writer, number, value)) throw this.#fault(wanted, value);
  }

  #double(value: unknown): number {
    return readJsonDouble(value) ?? this.#raise('a number', value);
  }

  #integer(value: unknown, range: IntegerRange): bigint {
    return readJsonInteger(value, range) ?? this.#raise(wantedInteger(range), value);
  }

  #enumNumber(names: readonly string[], value: unknown): number {
    const byName = typeof value === 'string' ? names.indexOf(value) : -1;
    if (byName >= 0) return byName;
    return Number(this.#integer(value, UINT32));
  }

  #raise(wanted: string, value: unknown): never {
    throw this.#fault(wanted, value);
  }

  #fault(wanted: string, value: unknown): OtlpError {
    const path = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`));
    const place = path.join('').replace(/^\./u, '') || 'the request';
    return new OtlpError(
      'OTLP_MALFORMED',
      `Cannot read OTLP/JSON at ${place}: expected ${wanted}, got ${describe(value)}`,
    );
  }
}

/** The kind of a value; its content may be secret or long. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
