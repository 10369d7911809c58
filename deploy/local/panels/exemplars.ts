import type { Stack } from '../stack.ts';

const EXEMPLARS_MAX = 20;

interface ExemplarAnswer {
  readonly data?: readonly {
    readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>> }[];
  }[];
}

/** Follows exemplars of spans and of runs to their traces. */
export async function readExemplars(
  { addresses, hasTempo }: Stack,
  startedMs: number,
): Promise<{ readonly asked: number; readonly resolved: number }> {
  const ids = new Set<string>();
  for (const query of [
    'traces_spanmetrics_duration_seconds_bucket',
    'ml_inference_duration_seconds_bucket',
  ]) {
    const parameters = new URLSearchParams({
      query,
      start: String(startedMs / 1000),
      // The sampler decides ten seconds after the first span of a trace.
      end: String((Date.now() - 15_000) / 1000),
    });
    const answer = await fetch(
      `${addresses.prometheus}/api/v1/query_exemplars?${parameters.toString()}`,
    );
    const { data = [] } = (await answer.json()) as ExemplarAnswer;
    for (const { exemplars } of data) {
      for (const { labels } of exemplars) {
        const id = labels['trace_id'];
        if (id !== undefined && ids.size < EXEMPLARS_MAX) ids.add(id);
      }
    }
  }
  const found = await Promise.all(
    [...ids].map(async (id) => {
      const url = hasTempo
        ? `${addresses.tempo}/api/traces/${id}`
        : `${addresses.traceQuery}/api/traces/${id}`;
      return (await fetch(url)).ok;
    }),
  );
  return { asked: ids.size, resolved: found.filter(Boolean).length };
}
