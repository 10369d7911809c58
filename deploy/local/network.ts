/** One loopback address a service: the shipped files name fixed ports, which then clash with nobody. */
export interface Network {
  readonly otelCollector: string;
  readonly prometheus: string;
  readonly traces: string;
  readonly alertmanager: string;
  readonly alertService: string;
  readonly demo: string;
}

/** @param prefix three numbers such as `127.9.0`: two stacks at a time take two prefixes */
export const networkBelow = (prefix: string): Network => ({
  otelCollector: `${prefix}.11`,
  prometheus: `${prefix}.12`,
  traces: `${prefix}.13`,
  alertmanager: `${prefix}.14`,
  alertService: `${prefix}.15`,
  demo: `${prefix}.16`,
});

/** Where each service answers. */
export const addressesOf = (network: Network) =>
  ({
    otlpHttp: `http://${network.otelCollector}:4318`,
    otelCollectorHealth: `http://${network.otelCollector}:13133`,
    prometheus: `http://${network.prometheus}:9090`,
    traceQuery: `http://${network.traces}:16686`,
    traceOtlpGrpc: `${network.traces}:4317`,
    tempo: `http://${network.traces}:3200`,
    alertmanager: `http://${network.alertmanager}:9093`,
    alertOtlp: `http://${network.alertService}:4328`,
    alertApi: `http://${network.alertService}:9465`,
  }) as const;

export type Addresses = ReturnType<typeof addressesOf>;
