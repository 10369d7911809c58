/** A question of the API about series, as plain data: it is answered in a worker. */
export type QueryJob =
  | ({ readonly kind: 'instant'; readonly timeMs: number } & Evaluated)
  | ({
      readonly kind: 'range';
      readonly startMs: number;
      readonly endMs: number;
      readonly stepMs: number;
    } & Evaluated)
  | { readonly kind: 'format'; readonly query: string }
  | ({ readonly kind: 'series' } & Listed)
  | ({ readonly kind: 'label names' } & Listed)
  | ({ readonly kind: 'label values'; readonly name: string } & Listed);

interface Evaluated {
  readonly query: string;
  /** Series in the answer; 0 for all. */
  readonly limit: number;
  readonly lookbackMs?: number | undefined;
}

interface Listed {
  /** Texts of `match[]`; none stands for all series. */
  readonly selectors: readonly string[];
  /** Only series with samples in between, both inclusive; may be infinite. */
  readonly startMs: number;
  readonly endMs: number;
  /** Entries in the answer; 0 for all. */
  readonly limit: number;
}

/** Why there is no answer, in the words of Prometheus' API. */
export interface QueryRefusal {
  readonly kind: 'refused';
  readonly type: 'bad_data' | 'execution' | 'timeout' | 'unavailable';
  readonly message: string;
  /** When to ask again. */
  readonly retryAfterSeconds?: number;
}

/** The whole body of the answer, JSON in UTF-8, in pieces. */
export interface QueryAnswer {
  readonly kind: 'answer';
  readonly chunks: readonly Uint8Array[];
}

export type QueryOutcome = QueryAnswer | QueryRefusal;

export interface QueryPatience {
  /** How long to wait; never longer than the configuration allows. */
  readonly timeoutMs?: number | undefined;
  /** Ends the query, whose caller no longer waits. */
  readonly signal?: AbortSignal | undefined;
}

/** Answers questions about series, away from ingest and rules. */
export interface Queries {
  run(job: QueryJob, patience?: QueryPatience): Promise<QueryOutcome>;
}
