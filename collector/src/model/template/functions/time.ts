import { parseDuration } from '../../duration.ts';
import { formatFloat, formatGeneral } from '../../format-float.ts';
import { printDefault } from '../format/printf.ts';
import { durationValue } from '../time/go-duration.ts';
import { timeValue } from '../time/go-time.ts';
import { type GoFunction, type ObjectValue, textOf } from '../value.ts';
import { toFloat } from './number.ts';

const INT64_END = 2 ** 63;

/** Milliseconds of a time in seconds; sub-millisecond parts are cut as Prometheus does. */
function toEpochMs(seconds: number): number {
  const ns = seconds * 1e9;
  if (Math.abs(ns) >= INT64_END) {
    const value = formatFloat(seconds, 'general');
    throw new Error(
      `${value} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  }
  return Math.trunc(Math.trunc(ns) / 1e6);
}

function toTime(seconds: number): ObjectValue {
  if (!Number.isFinite(seconds)) throw new Error('value is NaN or Inf');
  return timeValue(toEpochMs(seconds), { typeName: '*time.Time' });
}

function humanizeTimestamp(seconds: number): string {
  return Number.isFinite(seconds)
    ? printDefault([timeValue(toEpochMs(seconds))])
    : formatGeneral(seconds, 4);
}

function parseSeconds(text: string): number {
  const isNegative = text.startsWith('-');
  const seconds = parseDuration(isNegative ? text.slice(1) : text) / 1000;
  return isNegative ? -seconds : seconds;
}

function toDuration(seconds: number): ObjectValue {
  const ns = Number.isFinite(seconds) ? BigInt(Math.trunc(seconds * 1e9)) : -(2n ** 63n);
  return durationValue(BigInt.asIntN(64, ns), '*time.Duration');
}

export const TIME_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  toTime: { parameters: ['any'], call: ([value]) => toTime(toFloat(value)) },
  toDuration: { parameters: ['any'], call: ([value]) => toDuration(toFloat(value)) },
  humanizeTimestamp: { parameters: ['any'], call: ([value]) => humanizeTimestamp(toFloat(value)) },
  parseDuration: { parameters: ['string'], call: ([text]) => parseSeconds(textOf(text)) },
};
