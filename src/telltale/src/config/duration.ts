const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/u;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a text such as `90s`, `24h` or `7d`; `undefined` for any other. */
export function parseDurationMs(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  const unitMs = UNIT_MS[match?.[2] ?? ''];
  return match === null || unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}
