import type { OutputEscaper } from '../../model/template/run/output-escaper.ts';

/** An escaper that changes every value and nothing of the template's own text. */
export function valueEscaper(escape: (text: string) => string): () => OutputEscaper {
  return () => ({
    follow: () => {},
    escape: ({ text }, budget) => {
      budget.spend(text.length / 100);
      return escape(text);
    },
  });
}
