import { expect, test } from 'vitest';

import { loadConfig } from '../../../../src/telltale/src/config.ts';
import { chooseMode } from '../../../../src/telltale/src/sdk/mode.ts';

const AUTO = '@opentelemetry/auto-instrumentations-node/register';

test.for([
  { name: 'nothing else', env: {}, execArgv: [], mode: 'own' },
  {
    name: 'auto before',
    env: {},
    execArgv: ['--require', AUTO, '--require', 'telltale/register'],
    mode: 'beside',
  },
  {
    name: 'auto after, one word',
    env: {},
    execArgv: ['--import=telltale/register', `--import=${AUTO}`],
    mode: 'beside',
  },
  {
    name: 'auto in NODE_OPTIONS',
    env: { NODE_OPTIONS: `--require ${AUTO}` },
    execArgv: [],
    mode: 'beside',
  },
  {
    name: 'a declarative file',
    env: { OTEL_CONFIG_FILE: 'otel.yaml' },
    execArgv: [],
    mode: 'node',
  },
  { name: 'disabled', env: { OTEL_SDK_DISABLED: 'true' }, execArgv: [], mode: 'off' },
  { name: 'not enabled', env: { TELLTALE_ENABLED: '0' }, execArgv: [], mode: 'off' },
  { name: 'wished', env: { TELLTALE_SDK: 'own' }, execArgv: ['--require', AUTO], mode: 'own' },
  {
    name: 'wished but disabled',
    env: { TELLTALE_SDK: 'own', OTEL_SDK_DISABLED: '1' },
    execArgv: [],
    mode: 'off',
  },
])('chooseMode() with $name is $mode', ({ env, execArgv, mode }) => {
  const config = loadConfig({ env, folder: '/nowhere' });
  const nodeOptions = (env as { NODE_OPTIONS?: string }).NODE_OPTIONS;
  expect(chooseMode(config, { execArgv, nodeOptions, script: '/srv/app/npm/server.js' })).toBe(
    mode,
  );
});

test.for([
  { script: '/usr/lib/node_modules/npm/bin/npm-cli.js', mode: 'off' },
  { script: '/usr/bin/npm', mode: 'off' },
  { script: 'C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npx-cli.js', mode: 'off' },
  { script: '/srv/.yarn/releases/yarn.cjs', mode: 'off' },
  { script: '/srv/npm-mirror.js', mode: 'own' },
  { script: undefined, mode: 'own' },
])('chooseMode() when the process runs $script is $mode', ({ script, mode }) => {
  const config = loadConfig({ env: {}, folder: '/nowhere' });
  expect(chooseMode(config, { execArgv: [], nodeOptions: undefined, script })).toBe(mode);
});
