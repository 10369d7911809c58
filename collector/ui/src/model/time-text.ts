const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `2h 5m`, `3d 4h`, `45s`: at most two units, the larger first. */
export function durationText(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000) * 1000);
  const first = UNITS.findIndex(([, unit]) => whole >= unit);
  if (first === -1) return ms > 0 && ms < 1000 ? `${Math.round(ms)}ms` : '0s';
  let rest = whole;
  const parts: string[] = [];
  for (const [name, unit] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(' ');
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** `03:04:05` of the reader's own time zone. */
export function clockText(timeMs: number): string {
  const at = new Date(timeMs);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

/** `2026-11-30 03:04:05`; the day is left out when it is `nowMs`'s. */
export function momentText(timeMs: number, nowMs: number): string {
  const day = dayText(timeMs);
  return day === dayText(nowMs) ? clockText(timeMs) : `${day} ${clockText(timeMs)}`;
}

export function dayText(timeMs: number): string {
  const at = new Date(timeMs);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** `90m`, `1h30m`, `2d`: as the API takes durations. `undefined` for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const trimmed = text.replaceAll(' ', '');
  if (!/^(?:\d+[dhms])+$/u.test(trimmed)) return undefined;
  let sum = 0;
  for (const [, count, name] of trimmed.matchAll(/(\d+)([dhms])/gu)) {
    sum += Number(count) * (UNITS.find(([unit]) => unit === name)?.[1] ?? 0);
  }
  return sum > 0 ? sum : undefined;
}
