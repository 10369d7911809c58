import type { Category } from '../../tree/category.ts';

/** Hue of each category; idle time is drawn only where asked for. */
const HUES: Readonly<Record<Category, readonly [hue: number, saturation: number]>> = {
  own: [14, 85],
  dependency: [45, 85],
  node: [205, 60],
  native: [275, 35],
  gc: [120, 30],
  idle: [0, 0],
};

/** A colour that tells whose code it is; its lightness tells neighbours apart. */
export function categoryColor(category: Category, name: string): string {
  const [hue, saturation] = HUES[category];
  return `hsl(${hue},${saturation}%,${62 + (hashOf(name) % 16)}%)`;
}

export const legendColor = (category: Category): string => {
  const [hue, saturation] = HUES[category];
  return `hsl(${hue},${saturation}%,70%)`;
};

/** Red where a function takes more of the time than before, blue where less. */
export function differenceColor(before: number, after: number): string {
  const larger = Math.max(before, after);
  const change = larger === 0 ? 0 : (after - before) / larger;
  if (Math.abs(after - before) < 0.001) return 'hsl(0,0%,85%)';
  const lightness = 92 - Math.round(Math.min(1, Math.abs(change)) * 32);
  return change > 0 ? `hsl(8,85%,${lightness}%)` : `hsl(215,75%,${lightness}%)`;
}

/** FNV-1a over UTF-16 units: the same name has the same shade in every picture. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
