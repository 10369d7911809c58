const TIMEOUT_MS = 5000;

/** A stream as `/monitoring/drift` tells it. */
export interface StreamSeen {
  readonly name: string;
  readonly direction: string;
  readonly state: string;
  /** Effect size of the worst aspect; `undefined` while the baseline is learned. */
  readonly distance: number | undefined;
}

interface StatusBody {
  readonly streams: readonly {
    readonly stream: { readonly name: string; readonly direction: string };
    readonly state: string;
    readonly aspects: readonly { readonly distance: number }[];
  }[];
}

/** The streams of the service; `undefined` when it does not answer. */
export async function readDriftStatus(
  baseUrl: string,
  apiKey: string,
): Promise<readonly StreamSeen[] | undefined> {
  try {
    const response = await fetch(`${baseUrl}/monitoring/drift`, {
      headers: { 'x-api-key': apiKey },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return undefined;
    const { streams } = (await response.json()) as StatusBody;
    return streams.map(({ stream, state, aspects }) => ({
      name: stream.name,
      direction: stream.direction,
      state,
      distance:
        aspects.length === 0 ? undefined : Math.max(...aspects.map(({ distance }) => distance)),
    }));
  } catch {
    return undefined;
  }
}
