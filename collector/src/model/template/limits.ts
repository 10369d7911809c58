/** What one execution may use; a template is user input. */
export interface TemplateLimits {
  /** Nodes walked, plus what costly functions add. About a second in the worst case. */
  readonly steps: number;
  /** Templates inside each other. */
  readonly depth: number;
  /** Blocks and parentheses inside each other, over all templates; bounds the call stack. */
  readonly nesting: number;
  /** Characters written. */
  readonly outputLength: number;
  /** Characters of any one string that a function makes. */
  readonly stringLength: number;
}

export const TEMPLATE_LIMITS: TemplateLimits = {
  steps: 200_000,
  depth: 100,
  nesting: 1_000,
  outputLength: 1 << 20,
  stringLength: 1 << 20,
};
