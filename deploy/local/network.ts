/** One loopback address a service: the shipped files name fixed ports, which then clash with no other program. */
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

/** Everything that the programs of a stack listen on. */
export function listenersOf(
  network: Network,
): readonly { readonly name: string; readonly host: string; readonly port: number }[] {
  const all: readonly (readonly [name: string, host: string, ports: readonly number[]])[] = [
    ['otel-collector', network.otelCollector, [4317, 4318, 8888, 13_133, 55_679]],
    ['prometheus', network.prometheus, [9090]],
    ['alertmanager', network.alertmanager, [9093]],
    ['telltale-collector', network.alertService, [4328, 9465]],
    ['traces', network.traces, [3200, 4317, 4318, 16_685, 16_686]],
  ];
  return all.flatMap(([name, host, ports]) => ports.map((port) => ({ name, host, port })));
}
