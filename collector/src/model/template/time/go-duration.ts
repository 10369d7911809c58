import type { GoFunction, ObjectValue, Value } from '../value.ts';

const SECOND_NS = 1_000_000_000n;

/** A duration in nanoseconds as Go prints it: `1h30m0s`, `1.5s`, `150ms`. */
export function formatGoDuration(ns: bigint): string {
  if (ns === 0n) return '0s';
  const sign = ns < 0n ? '-' : '';
  const size = ns < 0n ? -ns : ns;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${withFraction(size, 1_000n)}µs`;
  if (size < SECOND_NS) return `${sign}${withFraction(size, 1_000_000n)}ms`;
  const minutes = size / (60n * SECOND_NS);
  const seconds = `${withFraction(size % (60n * SECOND_NS), SECOND_NS)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return hours === 0n
    ? `${sign}${minutes}m${seconds}`
    : `${sign}${hours}h${minutes % 60n}m${seconds}`;
}

function withFraction(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/u, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}

/** A Go `time.Duration` for templates. */
export function durationValue(ns: bigint, typeName = 'time.Duration'): ObjectValue {
  const seconds = Number(ns) / 1e9;
  return {
    kind: 'object',
    typeName,
    fields: {},
    text: formatGoDuration(ns),
    number: ns,
    methods: {
      Hours: getter(seconds / 3600),
      Minutes: getter(seconds / 60),
      Seconds: getter(seconds),
      Milliseconds: getter(ns / 1_000_000n),
      Microseconds: getter(ns / 1_000n),
      Nanoseconds: getter(ns),
      String: getter(formatGoDuration(ns)),
    },
  };
}

function getter(value: Value): GoFunction {
  return { parameters: [], call: () => value };
}
