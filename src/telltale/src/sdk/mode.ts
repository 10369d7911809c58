import type { Config } from '../config.ts';
import type { SdkMode } from '../start-options.ts';
import { hasGlobalProvider } from './globals/api-globals.ts';

/** The packages whose `/register` starts an SDK of its own. */
const OTHER_SDKS = /@opentelemetry\/auto-instrumentations-node/u;

/** With `NODE_OPTIONS` the package manager that starts the application loads us too. */
const PACKAGE_MANAGER =
  /[\\/](?:npm|npm-cli|npx|npx-cli|yarn|yarnpkg|pnpm|pnpx|corepack)(?:\.[cm]?js)?$/u;

export interface ProcessFlags {
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
  /** The file that the process runs. */
  readonly script: string | undefined;
}

/** Whether a flag of this process loads a package that starts the SDK, before or after us. */
function flagsStartSdk({ execArgv, nodeOptions = '' }: ProcessFlags): boolean {
  return OTHER_SDKS.test(execArgv.join(' ')) || OTHER_SDKS.test(nodeOptions);
}

/** `auto` looks: switched off, a package manager, another tool's SDK, a declarative file, else ours. */
export function chooseMode(config: Config, flags: ProcessFlags): SdkMode {
  const wish = config.text('sdk') ?? 'auto';
  if (!config.flag('enabled') || config.flag('OTEL_SDK_DISABLED')) return 'off';
  if (PACKAGE_MANAGER.test(flags.script ?? '')) return 'off';
  if (wish !== 'auto') return wish as SdkMode;
  if (flagsStartSdk(flags) || hasGlobalProvider()) return 'beside';
  return config.isSet('OTEL_CONFIG_FILE') ? 'node' : 'own';
}
