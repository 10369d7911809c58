import type { IngestAnswer, OtlpRequest, UnreadableRequest } from '../../exchange/ingest.ts';
import { jsonToProtobuf } from '../../otlp/json/json-to-protobuf.ts';
import { DEFAULT_OTLP_LIMITS } from '../../otlp/limits.ts';
import { type MetricBatch, SpareColumns } from '../../otlp/metric-batch.ts';
import { isOtlpError } from '../../otlp/otlp-error.ts';
import { readMetrics } from '../../otlp/read/read-metrics.ts';
import type { OtlpEncoding } from '../../otlp/response.ts';
import type { MetricTranslator, TranslateResult } from '../../otlp/translate/metric-translator.ts';
import type { SeriesStore } from '../../storage/series-store.ts';
import type { Clock } from '../clock.ts';
import { decodeRuleSamples, storeRuleSamples } from '../durable/rule-output.ts';
import type { WalRecord, WalRecordKind } from '../durable/wal-record.ts';
import type { WriteAheadLog } from '../durable/write-ahead-log.ts';
import { readBody } from './request-bytes.ts';
import { SpareBuffers } from './spare-buffers.ts';

export interface MetricIngestOptions {
  readonly translator: MetricTranslator;
  readonly store: SeriesStore;
  readonly clock: Clock;
  readonly bodyBytesMax: number;
  /** History that rule output is kept for at least. */
  readonly outputWindowMs: number;
  /**
   * Called with each request that was taken, once more when it is read from the log. The batch is
   * filled again by the next request: keep nothing of it.
   */
  readonly onBatch: (batch: MetricBatch, nowMs: number) => void;
  /** Called when samples were stored, with the time they arrived. */
  readonly onStored: (nowMs: number) => void;
  /** Told when the log cannot be written and when it can again. */
  readonly onLog: (error: unknown) => void;
}

/** Points refused since the start, by reason. */
export type RejectionCounters = Record<string, number>;

const RETRY_SOON_SECONDS = 1;
const RETRY_LATER_SECONDS = 10;

/** Takes metric requests: decode, store, log; and applies the log again after a restart. */
export class MetricIngest {
  readonly rejections: RejectionCounters = {};
  readonly #options: MetricIngestOptions;
  readonly #columns = new SpareColumns();
  readonly #buffers = new SpareBuffers();
  #log: WriteAheadLog | undefined;

  constructor(options: MetricIngestOptions) {
    this.#options = options;
  }

  /** From now on requests are accepted. */
  open(log: WriteAheadLog): void {
    this.#log = log;
  }

  /** From now on senders are told to come back. */
  close(): void {
    this.#log = undefined;
  }

  /** Resolves when the request is on disk. */
  async take(request: OtlpRequest): Promise<IngestAnswer> {
    const log = this.#log;
    if (log === undefined) return unavailable('the service is starting or stopping');
    if (log.isOverloaded) return unavailable('too many requests wait for the disk');
    const { store, clock } = this.#options;
    const taken = await this.#read(request, (bytes) => {
      const arrivalMs = clock.nowMs();
      const before = store.counters.samples.accepted;
      const result = this.#apply(request.encoding, bytes, arrivalMs);
      return { result, arrivalMs, isStored: store.counters.samples.accepted > before };
    });
    if ('kind' in taken) return taken;
    const { result, arrivalMs, isStored } = taken;
    if (isAnswer(result)) return result;
    if (isStored) {
      this.#options.onStored(arrivalMs);
      try {
        await log.append({ kind: recordKind(request), arrivalMs, body: request.body });
        this.#options.onLog(undefined);
      } catch (error) {
        // The samples are in memory, and are known as duplicates when the sender repeats them.
        this.#options.onLog(error);
        return unavailable('the request cannot be written to disk', RETRY_LATER_SECONDS);
      }
    }
    const { rejectedPoints, message } = result;
    return { kind: 'accepted', rejectedPoints, message };
  }

  /** Applies a record of the log. What was refused when it arrived is refused again. */
  async replay(record: WalRecord): Promise<void> {
    const { store, outputWindowMs } = this.#options;
    store.advanceTo(record.arrivalMs);
    if (record.kind === 'rule output') {
      storeRuleSamples(store, decodeRuleSamples(record.body), outputWindowMs);
      return;
    }
    const isGzip = record.kind.endsWith('+gzip');
    const encoding = record.kind.startsWith('proto') ? 'protobuf' : 'json';
    await this.#read({ body: record.body, encoding, isGzip }, (bytes) =>
      this.#apply(encoding, bytes, record.arrivalMs),
    );
  }

  #read<T>(request: OtlpRequest, read: (bytes: Uint8Array) => T): Promise<T | UnreadableRequest> {
    const { bodyBytesMax } = this.#options;
    return readBody(request, { bodyBytesMax, spare: this.#buffers }, read);
  }

  #apply(encoding: OtlpEncoding, bytes: Uint8Array, nowMs: number): TranslateResult | IngestAnswer {
    const { store, translator, onBatch } = this.#options;
    store.advanceTo(nowMs);
    try {
      const message = encoding === 'json' ? jsonToProtobuf('metrics', bytes) : bytes;
      const batch = readMetrics(message, DEFAULT_OTLP_LIMITS, this.#columns);
      const result = translator.translate(batch, nowMs);
      onBatch(batch, nowMs);
      this.#columns.giveBack(batch);
      for (const [reason, points] of Object.entries(result.rejectedByReason)) {
        this.rejections[reason] = (this.rejections[reason] ?? 0) + points;
      }
      return result;
    } catch (error) {
      if (!isOtlpError(error)) throw error;
      const kind = error.code === 'OTLP_TOO_LARGE' ? 'too large' : 'malformed';
      return { kind, message: error.message };
    }
  }
}

function recordKind({ encoding, isGzip }: OtlpRequest): WalRecordKind {
  const name = encoding === 'json' ? 'json' : 'proto';
  return isGzip ? `${name}+gzip` : name;
}

function isAnswer(value: TranslateResult | IngestAnswer): value is IngestAnswer {
  return 'kind' in value;
}

function unavailable(reason: string, retryAfterSeconds = RETRY_SOON_SECONDS): IngestAnswer {
  return { kind: 'unavailable', message: `Cannot accept data now: ${reason}`, retryAfterSeconds };
}
