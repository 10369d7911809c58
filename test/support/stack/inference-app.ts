import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { reshapeModel } from '../onnx-models.ts';
import { type AppFolder, createAppFolder } from '../run-app.ts';

/** The model takes six values; five make the inference fail. It ends with its parent. */
const APP = `
const ort = require('onnxruntime-node');
const tensor = (size) => new ort.Tensor('float32', new Float32Array(size), [size]);
let size = 6;
process.on('message', (mode) => { size = mode === 'fail' ? 5 : 6; });
process.on('disconnect', () => process.exit());
ort.InferenceSession.create('./reshape.onnx', { logSeverityLevel: 4 }).then((session) => {
  setInterval(() => session.run({ x: tensor(size) }).catch(() => undefined), 50);
  process.send('ready');
});
`;

/** An application that runs twenty inferences a second, watched by Telltale, until it is ended. */
export class InferenceApp {
  #folder: AppFolder | undefined;
  #child: ChildProcess | undefined;

  /** Resolves when the model is loaded. */
  async start(otlpUrl: string): Promise<void> {
    const folder = createAppFolder();
    this.#folder = folder;
    writeFileSync(join(folder.path, 'reshape.onnx'), reshapeModel());
    const file = folder.write('app.cjs', APP);
    const child = spawn(process.execPath, ['--require', 'telltale/register', file], {
      cwd: folder.path,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        ORT_DISABLE_TELEMETRY: '1',
        TELLTALE_MONITORING_PORT: 'off',
        OTEL_SERVICE_NAME: 'shop',
        OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_METRIC_EXPORT_TIMEOUT: '1000',
        OTEL_BSP_SCHEDULE_DELAY: '500',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('close', (code) => reject(new Error(`The app ended with ${code}: ${errors}`)));
    });
  }

  /** From now on every inference fails, or works. */
  turn(mode: 'fail' | 'work'): void {
    this.#child?.send(mode);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined && child.exitCode === null) {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    this.#folder?.remove();
  }
}
