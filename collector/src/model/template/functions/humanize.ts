import { formatGeneral } from '../../format-float.ts';
import type { GoFunction } from '../value.ts';
import { toFloat } from './number.ts';

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const DIGITS = 4;

/** Four significant digits and a metric prefix: `12345` is `12.35k`. */
function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatGeneral(value, DIGITS);
  return Math.abs(value) >= 1 ? scaleDown(value, 1000, LARGE) : scaleUp(value);
}

/** The same with powers of 1024: `1048576` is `1Mi`. */
function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return formatGeneral(value, DIGITS);
  return scaleDown(value, 1024, BINARY);
}

function scaleDown(value: number, base: number, prefixes: readonly string[]): string {
  let scaled = value;
  let shown = '';
  for (const prefix of prefixes) {
    if (Math.abs(scaled) < base) break;
    shown = prefix;
    scaled /= base;
  }
  return formatGeneral(scaled, DIGITS) + shown;
}

function scaleUp(value: number): string {
  let scaled = value;
  let shown = '';
  for (const prefix of SMALL) {
    if (Math.abs(scaled) >= 1) break;
    shown = prefix;
    scaled *= 1000;
  }
  return formatGeneral(scaled, DIGITS) + shown;
}

/** Seconds as days, hours, minutes and seconds: `3661.5` is `1h 1m 1s`. */
function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatGeneral(seconds, DIGITS);
  if (seconds === 0) return `${formatGeneral(seconds, DIGITS)}s`;
  if (Math.abs(seconds) < 1) return `${scaleUp(seconds)}s`;
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(seconds));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount !== 0);
  // Below a minute, four significant digits tell more than whole seconds.
  if (whole < 60) return `${sign}${formatGeneral(Math.abs(seconds), DIGITS)}s`;
  return (
    sign +
    parts
      .slice(first)
      .map(([amount, unit]) => `${amount}${unit}`)
      .join(' ')
  );
}

/** A ratio in percent: `0.5` is `50%`. */
function humanizePercentage(ratio: number): string {
  return `${formatGeneral(ratio * 100, DIGITS)}%`;
}

function ofFloat(format: (value: number) => string): GoFunction {
  return { parameters: ['any'], call: ([value]) => format(toFloat(value)) };
}

export const HUMANIZE_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  humanize: ofFloat(humanize),
  humanize1024: ofFloat(humanize1024),
  humanizeDuration: ofFloat(humanizeDuration),
  humanizePercentage: ofFloat(humanizePercentage),
};
