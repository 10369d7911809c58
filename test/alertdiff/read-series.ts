/** Samples of a series by timestamp in milliseconds. */
export type Samples = ReadonlyMap<number, number>;

interface Matrix {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/** Every sample of the series that a selector finds in the last seconds, by label set. */
export async function readSamples(
  api: string,
  query: { readonly selector: string; readonly atMs: number; readonly seconds: number },
): Promise<ReadonlyMap<string, Samples>> {
  const expr = `${query.selector}[${query.seconds}s]`;
  const parameters = new URLSearchParams({ query: expr, time: String(query.atMs / 1000) });
  const response = await fetch(`${api}/api/v1/query?${parameters.toString()}`);
  if (response.status !== 200) {
    throw new Error(`Cannot read ${expr}: ${response.status} ${await response.text()}`);
  }
  const { data } = (await response.json()) as Matrix;
  return new Map(
    data.result.map(({ metric, values }) => {
      const labels = JSON.stringify(
        Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      );
      const samples = values.map(
        ([seconds, value]) => [Math.round(seconds * 1000), Number(value)] as const,
      );
      return [labels, new Map(samples)];
    }),
  );
}
