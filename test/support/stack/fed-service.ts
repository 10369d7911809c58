import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, ServiceProcess } from '../collector/service-process.ts';
import { sampleKey } from './export-points.ts';

interface MatrixAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/** An alert as `/api/v1/alerts` tells it. */
export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

/** The alert service as a process, with a folder of its own, one rule file and one webhook. */
export class FedService {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'telltale-stack-'));
  readonly process: ServiceProcess;
  readonly otlpUrl: string;

  private constructor(ports: { readonly otlp: number; readonly api: number }) {
    this.process = new ServiceProcess(this.folder, ports.api);
    this.otlpUrl = `http://127.0.0.1:${ports.otlp}`;
  }

  static async create(rules: string, webhookUrl: string): Promise<FedService> {
    const ports = { otlp: await freePort(), api: await freePort() };
    const service = new FedService(ports);
    writeFileSync(join(service.folder, 'rules.yml'), rules);
    writeFileSync(
      join(service.folder, 'telltale.yaml'),
      `collector:
  listen: {otlp: '127.0.0.1:${ports.otlp}', api: '127.0.0.1:${ports.api}'}
  rules: [rules.yml]
  retain_all: 1h
  log: {level: warn}
  notify:
    group_by: ['...']
    receivers: [{name: hook, type: webhook, url: '${webhookUrl}'}]
`,
    );
    return service;
  }

  async remove(): Promise<void> {
    await this.process.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Keys of all stored samples of `series`, as of the points of `metric`. */
  async samples(metric: string, series: string, untilMs: number = Date.now()): Promise<string[]> {
    const query = `query=${encodeURIComponent(`${series}[1h]`)}&time=${untilMs / 1000}`;
    const { data } = (await this.process.get(`/api/v1/query?${query}`)) as MatrixAnswer;
    return data.result
      .flatMap(({ metric: labels, values }) =>
        values.map((sample) => sampleKey(metric, labels, sample)),
      )
      .sort();
  }

  /** The alert of this name, when there is one. */
  async alert(name: string): Promise<ShownAlert | undefined> {
    const answer = (await this.process.get('/api/v1/alerts')) as {
      readonly data: { readonly alerts: readonly ShownAlert[] };
    };
    return answer.data.alerts.find(({ labels }) => labels['alertname'] === name);
  }
}
