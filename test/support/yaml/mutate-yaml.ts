import type { SeededRandom } from '@telltale/statistics';

/** What means something in YAML somewhere. */
const PIECES = [
  ...Array.from(' \n\r\t:#"\'[]{},!|>\\?%@`x0~\u2028\u0085'),
  '  ',
  ': ',
  '- ',
  ' #',
  '&a ',
  '*a',
  '!!str ',
  '|-',
  '? ',
  '---\n',
  '...\n',
  '<<: ',
];

/** A text with one to three small faults, as typing makes them. */
export function mutateYaml(text: string, random: SeededRandom): string {
  let mutated = text;
  const faults = 1 + Math.floor(random.next() * 3);
  for (let fault = 0; fault < faults; fault += 1) mutated = mutateOnce(mutated, random);
  return mutated;
}

function mutateOnce(text: string, random: SeededRandom): string {
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const at = below(text.length + 1);
  const kind = random.next();
  if (kind < 0.45) return text.slice(0, at) + (PIECES[below(PIECES.length)] ?? '') + text.slice(at);
  if (kind < 0.7) return text.slice(0, at) + text.slice(at + 1 + below(3));
  const lines = text.split('\n');
  const index = below(lines.length);
  const line = lines[index] ?? '';
  if (kind > 0.85) lines.splice(index, 1);
  else lines[index] = random.next() < 0.5 ? ` ${line}` : line.slice(1);
  return lines.join('\n');
}
