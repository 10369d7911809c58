const TIMEOUT_MS = 5000;

/** What the status endpoint says of the truths that arrived. */
export interface FeedbackStatus {
  readonly matched: number;
  readonly unmatched: number;
  /** Share of right answers among all labelled ones; `undefined` before the first. */
  readonly accuracy: number | undefined;
  readonly falsePositives: number;
}

export interface MonitoringStatus {
  readonly feedback: FeedbackStatus;
  /** Every component of the service is up and it is ready for requests. */
  readonly healthy: boolean;
}

interface StatusBody {
  readonly feedback: {
    readonly matched: number;
    readonly unmatched: number;
    readonly models: readonly { readonly accuracy?: number; readonly falsePositives?: number }[];
  };
}

/** Reads `/monitoring/status` and `/health`; `undefined` when the service does not answer. */
export async function readStatus(
  baseUrl: string,
  apiKey: string,
): Promise<MonitoringStatus | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const [status, health] = await Promise.all([
      fetch(`${baseUrl}/monitoring/status`, { headers: { 'x-api-key': apiKey }, signal }),
      fetch(`${baseUrl}/health`, { signal }),
    ]);
    if (!status.ok) return undefined;
    const { feedback } = (await status.json()) as StatusBody;
    const body = (await health.json()) as { status: string };
    const [model] = feedback.models;
    return {
      feedback: {
        matched: feedback.matched,
        unmatched: feedback.unmatched,
        accuracy: model?.accuracy,
        falsePositives: model?.falsePositives ?? 0,
      },
      healthy: health.ok && body.status === 'ok',
    };
  } catch {
    return undefined;
  }
}
