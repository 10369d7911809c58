import type { ObservedModel } from './observed.ts';

/** How converters and frameworks name probabilities of classes. */
const NAMES = /^(?:output_)?(?:class_)?prob(?:s|a|ability|abilities)?$|softmax/iu;

/**
 * Whether an output is known to hold probabilities of classes, by the rule of the model or else by
 * its name. Numbers from 0 to 1 alone tell nothing: scores of detectors, weights of attention and
 * shares of topics look the same.
 */
export function holdsProbabilities({ rule }: ObservedModel, output: string): boolean {
  const mapping = rule?.output;
  if (mapping === false) return false;
  if (mapping !== undefined) return mapping.tensor === output || mapping.score === output;
  return NAMES.test(output);
}
