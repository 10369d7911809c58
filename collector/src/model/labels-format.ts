import { quoteGo } from './go-string.ts';
import type { Labels } from './labels.ts';

const LEGACY_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/u;

/** Labels as Prometheus writes them in messages: `{__name__="up", job="node"}`. */
export function formatLabels(labels: Labels): string {
  const pairs = [...labels].map(([name, value]) => {
    const shownName = LEGACY_NAME.test(name) ? name : quoteGo(name);
    return `${shownName}=${quoteGo(value)}`;
  });
  return `{${pairs.join(', ')}}`;
}
