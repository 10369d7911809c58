import { WireReader } from '../wire-reader.ts';
import { anyValueText, readKeyValue } from './any-value.ts';

/** One measurement behind a metric's point, with the trace it happened in. */
export interface Exemplar {
  readonly timeMs: number;
  readonly value: number;
  /** Hex; `''` when absent. */
  readonly traceId: string;
  readonly spanId: string;
  /** Attributes that the metric itself does not carry. */
  readonly attributes: readonly (readonly [key: string, value: string])[];
}

/** Reads an encoded `Exemplar`. */
export function readExemplar(bytes: Uint8Array, depthMax: number): Exemplar {
  const reader = new WireReader(bytes);
  const attributes: [string, string][] = [];
  const exemplar = { timeMs: 0, value: 0, traceId: '', spanId: '', attributes };
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x11) exemplar.timeMs = reader.nanosecondsAsMs();
    else if (tag === 0x19) exemplar.value = reader.double();
    else if (tag === 0x31) exemplar.value = reader.sfixed64();
    else if (tag === 0x22) exemplar.spanId = hexId(reader.raw());
    else if (tag === 0x2a) exemplar.traceId = hexId(reader.raw());
    else if (tag === 0x3a) {
      const [key, value] = readKeyValue(reader, depthMax);
      attributes.push([key, anyValueText(value)]);
    } else reader.skip(tag);
  }
  return exemplar;
}

/** The hex text of a trace or span id; `''` for an id of zeros, which means none. */
export function hexId(bytes: Uint8Array): string {
  let text = '';
  let isZero = true;
  for (const byte of bytes) {
    text += byte.toString(16).padStart(2, '0');
    if (byte !== 0) isZero = false;
  }
  return isZero ? '' : text;
}
