import type { Zone } from './go-time.ts';

/** English-speaking regions, whose abbreviations together cover most zones. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA', 'en-NZ'];

/**
 * The offset and abbreviation of an IANA zone at a time. A zone whose abbreviation is not known is
 * named by its offset, as Go does for zones that have none.
 *
 * @throws {Error} `unknown time zone NAME`.
 */
export function zoneAt(name: string, epochMs: number): Zone {
  if (name === '' || name === 'UTC') return { name: 'UTC', offsetSeconds: 0 };
  const offset = zoneName(name, epochMs, { locale: 'en-US', style: 'longOffset' });
  const offsetSeconds = offsetOf(offset);
  for (const locale of LOCALES) {
    const short = zoneName(name, epochMs, { locale, style: 'short' });
    if (/^[A-Z]{2,5}$/u.test(short)) return { name: short, offsetSeconds };
  }
  const [, sign = '+', hours = '00', minutes = '00'] = /([-+])(\d+):(\d+)/u.exec(offset) ?? [];
  const short = `${sign}${hours.padStart(2, '0')}${minutes === '00' ? '' : minutes}`;
  return { name: short, offsetSeconds };
}

function zoneName(
  timeZone: string,
  epochMs: number,
  { locale, style }: { readonly locale: string; readonly style: 'short' | 'longOffset' },
): string {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: style });
  } catch (cause) {
    throw new Error(`unknown time zone ${timeZone}`, { cause });
  }
  return format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** `GMT+05:30` in seconds. */
function offsetOf(text: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /([-+])(\d+):(\d+)(?::(\d+))?/u.exec(text) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}
