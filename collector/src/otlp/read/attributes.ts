import { textBetween, WireReader } from '../wire-reader.ts';
import { type AnyValue, anyValueText, readKeyValue } from './any-value.ts';

/** An attribute with its value as Prometheus would print it. */
export type TextAttribute = readonly [key: string, value: string];

/** Reads a sequence of encoded attributes, each with its tag, as a point has them. */
export function readAttributes(bytes: Uint8Array, depthMax: number): TextAttribute[] {
  const reader = new WireReader(bytes);
  const attributes: TextAttribute[] = [];
  while (reader.hasMore) {
    reader.tag();
    attributes.push(readTextAttribute(reader, depthMax));
  }
  return attributes;
}

/** Reads an encoded `Resource`. */
export function readResource(bytes: Uint8Array, depthMax: number): TextAttribute[] {
  const reader = new WireReader(bytes);
  const attributes: TextAttribute[] = [];
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) attributes.push(readTextAttribute(reader, depthMax));
    else reader.skip(tag);
  }
  return attributes;
}

export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly TextAttribute[];
}

/** Reads an encoded `InstrumentationScope`. */
export function readScope(bytes: Uint8Array, depthMax: number): InstrumentationScope {
  const reader = new WireReader(bytes);
  const attributes: TextAttribute[] = [];
  let name = '';
  let version = '';
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x0a) name = reader.text();
    else if (tag === 0x12) version = reader.text();
    else if (tag === 0x1a) attributes.push(readTextAttribute(reader, depthMax));
    else reader.skip(tag);
  }
  return { name, version, attributes };
}

function readTextAttribute(reader: WireReader, depthMax: number): TextAttribute {
  const [key, value]: [string, AnyValue] = readKeyValue(reader, depthMax);
  return [key, anyValueText(value)];
}

export function readText(bytes: Uint8Array): string {
  return textBetween(bytes, 0, bytes.length);
}
