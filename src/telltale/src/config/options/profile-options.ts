import type { OptionRow } from '@telltale/core';

/** What is profiled without being asked. On demand there are a command and an endpoint. */
export const PROFILE_OPTIONS: readonly OptionRow[] = [
  {
    key: 'profile.modes',
    env: 'TELLTALE_PROFILE',
    type: 'list',
    values: ['off', 'continuous', 'on-stall'],
    default: 'off',
    description:
      'continuous: 10 of every 60 seconds, kept as files or sent to Pyroscope; on-stall: names the function that blocked the event loop',
  },
  {
    key: 'profile.stall_ms',
    env: 'TELLTALE_PROFILE_STALL_MS',
    type: 'integer',
    default: '200',
    description: 'How long the event loop may be blocked before on-stall names the function',
  },
  {
    key: 'profile.folder',
    env: 'TELLTALE_PROFILE_FOLDER',
    type: 'string',
    description: 'With continuous: where the newest 50 profiles are kept',
  },
  {
    key: 'profile.exact',
    env: 'TELLTALE_PROFILE_EXACT',
    type: 'boolean',
    default: 'false',
    description:
      'Samples know their span also where requests interleave; needs @datadog/pprof beside Telltale and Node.js 24',
  },
  {
    key: 'profile.otlp',
    env: 'TELLTALE_PROFILE_OTLP',
    type: 'boolean',
    default: 'false',
    description:
      'With continuous, experimental: send profiles to the OTLP endpoint (/v1development/profiles)',
  },
  {
    key: '',
    env: 'PYROSCOPE_SERVER_ADDRESS',
    type: 'string',
    description: 'With continuous profiles: the Pyroscope server that gets them',
  },
  {
    key: '',
    env: 'PYROSCOPE_AUTH_TOKEN',
    type: 'string',
    description: 'Token for that server',
  },
  {
    key: '',
    env: 'PYROSCOPE_TENANT_ID',
    type: 'string',
    description: 'Tenant at that server',
  },
];
