/** A service of the test's own, which pushes OTLP through the OTel Collector. */
export class OwnPoints {
  readonly #otlpUrl: string;
  readonly #service: string;

  constructor(otlpUrl: string, service: string) {
    this.#otlpUrl = otlpUrl;
    this.#service = service;
  }

  /**
   * Sends one point of a gauge.
   *
   * @returns its time in milliseconds, once it was acknowledged
   */
  async gauge(name: string, value: number, attributes: Readonly<Record<string, string>> = {}) {
    const nowMs = Date.now();
    const point = {
      timeUnixNano: `${nowMs}000000`,
      asDouble: value,
      attributes: pairs(attributes),
    };
    await this.#post('metrics', {
      resourceMetrics: [
        {
          resource: this.#resource(),
          scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: [point] } }] }],
        },
      ],
    });
    return nowMs;
  }

  /** Sends the root span of a trace. */
  async span(traceId: string, spanId: string, parentSpanId = ''): Promise<void> {
    const nowMs = Date.now();
    const span = {
      traceId,
      spanId,
      parentSpanId,
      name: 'own',
      kind: 1,
      startTimeUnixNano: `${nowMs}000000`,
      endTimeUnixNano: `${nowMs + 1}000000`,
    };
    await this.#post('traces', {
      resourceSpans: [{ resource: this.#resource(), scopeSpans: [{ spans: [span] }] }],
    });
  }

  /** Sends a log event. */
  async event(eventName: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    const record = {
      timeUnixNano: `${Date.now()}000000`,
      eventName,
      severityNumber: 17,
      severityText: 'ERROR',
      body: { stringValue: `${eventName} of the test` },
      attributes: pairs(attributes),
    };
    await this.#post('logs', {
      resourceLogs: [{ resource: this.#resource(), scopeLogs: [{ logRecords: [record] }] }],
    });
  }

  #resource(): object {
    return {
      attributes: pairs({ 'service.name': this.#service, 'service.instance.id': this.#service }),
    };
  }

  async #post(signal: string, body: object): Promise<void> {
    const answer = await fetch(`${this.#otlpUrl}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`The OTel Collector refused ${signal}: ${answer.status}`);
  }
}

const pairs = (attributes: Readonly<Record<string, string>>): object[] =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
