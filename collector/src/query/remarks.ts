import { type Annotation, formatAnnotation } from '../promql/annotations.ts';

/** What stands beside the data of an answer. */
export interface Remarks {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

const TRUNCATED = 'results truncated due to limit';

/** @param text the query that the annotations are about. */
export function remarksOf(annotations: readonly Annotation[], text: string): Remarks {
  const format = (level: Annotation['level']): string[] =>
    annotations
      .filter((annotation) => annotation.level === level)
      .map((annotation) => formatAnnotation(annotation, text));
  return { warnings: format('warning'), infos: format('info') };
}

/** The end of an answer, behind its data. */
export function closing({ warnings, infos }: Remarks): string {
  const part = (name: string, texts: readonly string[]): string =>
    texts.length === 0 ? '' : `,"${name}":${JSON.stringify(texts)}`;
  return `${part('warnings', warnings)}${part('infos', infos)}}`;
}

/** The first `limit` entries, all for 0, and whether any were left out. */
export function limited<Entry>(
  entries: readonly Entry[],
  limit: number,
): { readonly kept: readonly Entry[]; readonly warnings: readonly string[] } {
  if (limit === 0 || entries.length <= limit) return { kept: entries, warnings: [] };
  return { kept: entries.slice(0, limit), warnings: [TRUNCATED] };
}
