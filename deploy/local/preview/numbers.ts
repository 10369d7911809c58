/** From here on prefixes are at their end. */
const HUGE = 1e15;
const PREFIXES = ['', 'k', 'M', 'G', 'T'];

/** Units by Grafana's name: what a value is multiplied with and what stands behind it. */
const UNITS: Readonly<Record<string, readonly [factor: number, suffix: string]>> = {
  percentunit: [100, ' %'],
  s: [1, ' s'],
  reqps: [1, ' req/s'],
  cps: [1, ' /s'],
  bytes: [1, ' B'],
  Bps: [1, ' B/s'],
  celsius: [1, ' °C'],
  watt: [1, ' W'],
  joule: [1, ' J'],
  hertz: [1, ' Hz'],
};

/** A value for people: `1.2 ms`, `34 %`, `5.6 kB`. */
export function shown(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= HUGE) return value.toExponential(0).replace('e+', 'e');
  if (unit === 'dateTimeFromNow') return new Date(value * 1000).toISOString().slice(11, 19);
  const [factor, suffix] = UNITS[unit] ?? [1, ''];
  const scaled = value * factor;
  if (unit === 's' && Math.abs(scaled) < 1 && scaled !== 0) return shortTime(scaled);
  if (unit === 'percentunit') return `${trimmed(scaled)}${suffix}`;
  const power = Math.min(
    PREFIXES.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.abs(scaled) || 1) / 3)),
  );
  const text = `${trimmed(scaled / 1000 ** power)}${suffix === '' ? '' : ' '}`;
  return `${text}${PREFIXES[power] ?? ''}${suffix.trim()}`.trim();
}

const shortTime = (seconds: number): string =>
  Math.abs(seconds) < 0.001 ? `${trimmed(seconds * 1e6)} µs` : `${trimmed(seconds * 1e3)} ms`;

const trimmed = (value: number): string => String(Number(value.toPrecision(3)));
