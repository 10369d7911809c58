import { compileMatcher, type Matcher } from '../../../model/matcher.ts';

/** Values that have nothing in common; a condition that holds for all of them tells nothing apart. */
const PROBES = ['a', 'Zq7-x', '0', '/var/lib', 'é 日', 'x'.repeat(60)];

/**
 * Whether a silence tells no alerts apart, such as `{alertname=~".+"}`: it would mute everything
 * that has these labels, and what fires tomorrow with it.
 *
 * @param matchers valid ones.
 */
export function mutesEverything(matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => PROBES.every(compileMatcher(matcher)));
}
