import type { Metric } from './metric.ts';

const gauge = (series: string, scope: Metric['scope'] = 'none'): Metric => ({
  series,
  kind: 'gauge',
  scope,
});
const counter = (series: string, scope: Metric['scope'] = 'none'): Metric => ({
  series,
  kind: 'counter',
  scope,
});
const histogram = (series: string, scope: Metric['scope'] = 'none'): Metric => ({
  series,
  kind: 'histogram',
  scope,
});

/** Metrics of the programs around Telltale; the live stack test finds each of them. */
export const FOREIGN = {
  targetInfo: gauge('target_info', 'service name'),
  // span_metrics and service_graph of the OTel Collector.
  spanCalls: counter('traces_spanmetrics_calls_total', 'service name'),
  spanDuration: histogram('traces_spanmetrics_duration_seconds', 'service name'),
  edgeRequests: counter('traces_service_graph_request_total'),
  edgeFailures: counter('traces_service_graph_request_failed_total'),
  edgeDuration: histogram('traces_service_graph_request_server_seconds'),
  // @opentelemetry/instrumentation-runtime-node.
  eventLoopUtilization: gauge('nodejs_eventloop_utilization_ratio', 'service'),
  eventLoopDelayP50: gauge('nodejs_eventloop_delay_p50_seconds', 'service'),
  eventLoopDelayP99: gauge('nodejs_eventloop_delay_p99_seconds', 'service'),
  gcDuration: histogram('v8js_gc_duration_seconds', 'service'),
  heapUsed: gauge('v8js_memory_heap_used_bytes', 'service'),
  // Rules: written by Prometheus and by the alert service alike.
  alerts: gauge('ALERTS'),
  alertsForState: gauge('ALERTS_FOR_STATE'),
  // The alert service about itself.
  serviceSamples: counter('telltale_collector_samples_total'),
  serviceSeries: gauge('telltale_collector_series'),
  serviceSeriesRefused: counter('telltale_collector_series_refused_total'),
  serviceRuleEvaluations: counter('telltale_collector_rule_evaluations_total'),
  serviceRuleTime: counter('telltale_collector_rule_evaluation_time_total'),
  serviceRuleErrors: counter('telltale_collector_rule_errors_total'),
  serviceRuleMissed: counter('telltale_collector_rule_missed_total'),
  serviceAlerts: gauge('telltale_collector_alerts'),
  serviceTransitions: counter('telltale_collector_alert_transitions_total'),
  serviceNotifications: counter('telltale_collector_notifications_total'),
  serviceWaiting: gauge('telltale_collector_notifications_waiting'),
  serviceRequests: counter('telltale_collector_requests_total'),
  serviceWalSize: gauge('telltale_collector_wal_size'),
  // The OTel Collector about itself.
  acceptedSpans: counter('otelcol_receiver_accepted_spans_total'),
  acceptedPoints: counter('otelcol_receiver_accepted_metric_points_total'),
  acceptedLogs: counter('otelcol_receiver_accepted_log_records_total'),
  refusedSpans: counter('otelcol_receiver_refused_spans_total'),
  refusedPoints: counter('otelcol_receiver_refused_metric_points_total'),
  refusedLogs: counter('otelcol_receiver_refused_log_records_total'),
  sentSpans: counter('otelcol_exporter_sent_spans_total'),
  sentPoints: counter('otelcol_exporter_sent_metric_points_total'),
  sentLogs: counter('otelcol_exporter_sent_log_records_total'),
  failedSpans: counter('otelcol_exporter_send_failed_spans_total'),
  failedPoints: counter('otelcol_exporter_send_failed_metric_points_total'),
  failedLogs: counter('otelcol_exporter_send_failed_log_records_total'),
  queueSize: gauge('otelcol_exporter_queue_size'),
  queueCapacity: gauge('otelcol_exporter_queue_capacity'),
  collectorMemory: gauge('otelcol_process_memory_rss_bytes'),
  sampledTraces: counter('otelcol_processor_tail_sampling_global_count_traces_sampled_total'),
  sampledByPolicy: counter('otelcol_processor_tail_sampling_count_traces_sampled_total'),
  // Prometheus and Alertmanager about themselves.
  prometheusSeries: gauge('prometheus_tsdb_head_series'),
  prometheusRequests: counter('prometheus_http_requests_total'),
  prometheusExemplars: gauge('prometheus_tsdb_exemplar_exemplars_in_storage'),
  alertmanagerSent: counter('alertmanager_notifications_total'),
  alertmanagerFailed: counter('alertmanager_notifications_failed_total'),
} as const satisfies Readonly<Record<string, Metric>>;

/** Series that the shipped rules record; a test reads them from the rule files. */
export const RECORDED = {
  inferenceRate: gauge('model:ml_inference:rate5m', 'model'),
  errorRatio5m: gauge('model:ml_inference_error:ratio_rate5m', 'model'),
  errorRatio1h: gauge('model:ml_inference_error:ratio_rate1h', 'model'),
  cacheHitRatio: gauge('cache:ml_cache_hit:ratio_rate15m', 'service'),
  outcomeRatio: gauge('outcome:ml_predictions:ratio_rate15m', 'model'),
} as const satisfies Readonly<Record<string, Metric>>;
