/** A number as short as it can be without lying: `0.31`, `12,400`, `1.2e-7`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return infiniteText(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toExponential(2);
  return value.toLocaleString('en-US', { maximumFractionDigits: digitsOf(size) });
}

function digitsOf(size: number): number {
  if (size >= 100) return 1;
  return size >= 1 ? 2 : 4;
}

function infiniteText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '∞' : '−∞';
}

/** `1 alert`, `2 alerts`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
