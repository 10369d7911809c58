/** The OTLP/JSON form of a message that the protobuf library takes. */
export function toOtlpJson(value: unknown, key = ''): unknown {
  if (value instanceof Uint8Array) {
    const isId = key === 'traceId' || key === 'spanId';
    return Buffer.from(value).toString(isId ? 'hex' : 'base64');
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map((item) => toOtlpJson(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, toOtlpJson(inner, name)]),
  );
}
