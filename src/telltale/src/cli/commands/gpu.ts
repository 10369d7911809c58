import type { Command } from 'commander';

import { watchGpus } from '@telltale/instrumentation-gpu';

import { type Config, formatProblem, loadConfig } from '../../config.ts';
import { gpuConfig } from '../../gpu/gpu-instrumentation.ts';
import { gpuTable } from '../gpu/gpu-table.ts';
import { lookOnce } from '../gpu/look.ts';
import { serveGpus } from '../gpu/serve.ts';

const NO_GPU = 'No GPU can be read on this machine';

/** Adds `gpu` and everything below it. */
export function addGpuCommands(program: Command): void {
  const gpu = program
    .command('gpu')
    .description('Shows the GPUs of this machine')
    .option('--watch', 'show them again at each interval, until Ctrl-C')
    .option('--json', 'print one JSON object a reading')
    .addHelpText('after', HELP)
    .action((options: { watch?: boolean; json?: boolean }) =>
      options.watch === true ? watch(options.json === true) : look(options.json === true),
    );
  gpu
    .command('serve')
    .description('Reads the GPUs for all processes of this machine, and exports')
    .addHelpText('after', SERVE_HELP)
    .action(async () => {
      const { output, exitCode } = await serveGpus(process.env, process.cwd());
      console.error(output);
      process.exitCode = exitCode;
    });
}

const HELP = `
Reads NVIDIA's driver by NVML where the package koffi is installed, else by nvidia-smi; AMD and
Intel from the kernel. TELLTALE_GPU_* and telltale.yaml count. Exit code 1 without a GPU.

Examples:
  $ telltale gpu
  $ telltale gpu --watch
  $ telltale gpu --json | jq '.gpus[].powerWatts'`;

const SERVE_HELP = `
Exports OTLP as OTEL_EXPORTER_OTLP_* say, and serves a Prometheus page on TELLTALE_MONITORING_PORT
(9464). Set TELLTALE_GPU_MODE=sidecar in the processes that are watched besides, so that they do not
read the driver too. Ends at SIGTERM, after sending what it holds. Exit code 1 without a GPU.

Example:
  $ OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 telltale gpu serve`;

function readConfig(): Config {
  const config = loadConfig({ env: process.env, folder: process.cwd() });
  for (const problem of config.problems) console.error(formatProblem(problem, config.path));
  return config;
}

async function look(isJson: boolean): Promise<void> {
  const { snapshot, notes } = await lookOnce(readConfig());
  const hasGpu = snapshot !== undefined && snapshot.gpus.length > 0;
  for (const note of notes) console.error(note);
  if (isJson) console.log(JSON.stringify(snapshot ?? { gpus: [] }));
  else console.log(hasGpu ? gpuTable(snapshot) : NO_GPU);
  process.exitCode = hasGpu ? 0 : 1;
}

async function watch(isJson: boolean): Promise<void> {
  const config = readConfig();
  await new Promise<void>((resolve) => {
    // The thread holds nothing, so this does, until there is nothing to watch.
    const hold = setInterval(() => {}, 3_600_000);
    const end = (line: string): void => {
      clearInterval(hold);
      console.error(line);
      process.exitCode = 1;
      resolve();
    };
    watchGpus(gpuConfig(config), {
      onSnapshot: (snapshot) => {
        for (const { level, text } of snapshot.notes) if (level !== 'debug') console.error(text);
        if (snapshot.cycles.length === 0) return end(NO_GPU);
        if (isJson) console.log(JSON.stringify(snapshot));
        else console.log(`${clear()}${gpuTable(snapshot)}`);
      },
      onFailure: (reason) => console.error(`Cannot read GPUs: ${reason}`),
    });
  });
}

/** A terminal shows the newest table only; a file or a pipe keeps all. */
const clear = (): string => (process.stdout.isTTY === true ? '\u001B[H\u001B[2J' : '');
