import { durationValue } from '../time/go-duration.ts';
import { timeValue, ZERO_TIME_MS } from '../time/go-time.ts';
import { parseGoTime } from '../time/go-time-parse.ts';
import { zoneAt } from '../time/time-zone.ts';
import { type Budget, type GoFunction, type ObjectValue, textOf, type Value } from '../value.ts';

const TIME = 'time.Time';

/** Milliseconds since the epoch of a checked `time.Time`. */
function epochMsOf(time: Value, budget: Budget): number {
  if (typeof time !== 'object' || time.kind !== 'object') return ZERO_TIME_MS;
  const ms = time.methods?.['UnixMilli']?.call([], budget);
  return typeof ms === 'bigint' ? Number(ms) : ZERO_TIME_MS;
}

function read(layout: Value, text: Value): ObjectValue | undefined {
  const parsed = parseGoTime(textOf(layout), textOf(text));
  if (parsed === undefined) return undefined;
  const { epochMs, offsetSeconds } = parsed;
  const zone = { name: offsetSeconds === 0 ? 'UTC' : '', offsetSeconds };
  return timeValue(epochMs, { zone });
}

/** `date tz now since toDate mustToDate`. */
export function momentFunctions(nowMs: number): Readonly<Record<string, GoFunction>> {
  return {
    now: { parameters: [], call: () => timeValue(nowMs) },
    since: {
      parameters: [TIME],
      call: ([time], budget) =>
        durationValue(BigInt(Math.trunc(nowMs - epochMsOf(time, budget))) * 1_000_000n),
    },
    date: {
      parameters: ['string', TIME],
      call: ([layout, time], budget) =>
        typeof time === 'object' && time.kind === 'object'
          ? time.methods?.['Format']?.call([layout], budget)
          : '',
    },
    tz: {
      parameters: ['string', TIME],
      call: ([name, time], budget) => {
        const epochMs = epochMsOf(time, budget);
        return timeValue(epochMs, { zone: zoneAt(textOf(name), epochMs) });
      },
    },
    toDate: {
      parameters: ['string', 'string'],
      call: ([layout, text]) => read(layout, text) ?? timeValue(ZERO_TIME_MS),
    },
    mustToDate: {
      parameters: ['string', 'string'],
      call: ([layout, text]) => {
        const time = read(layout, text);
        if (time === undefined) {
          throw new Error(`parsing time "${textOf(text)}" as "${textOf(layout)}": cannot parse`);
        }
        return time;
      },
    },
  };
}
