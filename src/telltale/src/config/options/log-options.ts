import type { OptionRow } from '@telltale/core';

/** Where structured events and logs go besides OTLP. */
export const LOG_OPTIONS: readonly OptionRow[] = [
  {
    key: 'logs.file',
    env: 'TELLTALE_LOG_FILE',
    type: 'string',
    description:
      'Write events and logs as lines of JSON to this file; the process id is put before its extension',
  },
  {
    key: 'logs.level',
    env: 'TELLTALE_LOG_LEVEL',
    type: 'enum',
    values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    default: 'info',
    description: 'Least level of the lines',
  },
  {
    key: 'logs.rotate_size',
    env: 'TELLTALE_LOG_ROTATE_SIZE',
    type: 'string',
    default: '100M',
    description: 'Size at which the file is rotated: a number with K, M or G',
  },
  {
    key: 'logs.keep',
    env: 'TELLTALE_LOG_KEEP',
    type: 'integer',
    default: '5',
    description: 'Rotated files kept beside the active one',
  },
  {
    key: 'logs.stdout',
    env: 'TELLTALE_LOG_STDOUT',
    type: 'boolean',
    default: 'false',
    description: 'Write the lines to standard output too',
  },
  {
    key: 'logs.console',
    env: 'TELLTALE_LOG_CONSOLE',
    type: 'enum',
    values: ['off', 'otlp', 'json'],
    default: 'off',
    description:
      'console.log and the like: off leaves them alone, otlp also makes log records of them, json writes lines of JSON in their place',
  },
  {
    key: 'logs.events',
    env: 'TELLTALE_LOG_EVENTS',
    type: 'list',
    values: ['PERFORMANCE', 'REQUEST', 'PREDICTION', 'ALERT', 'ERROR'],
    description:
      'Types of events that Telltale emits; without it all where a log file or standard output is asked for, else PERFORMANCE, ALERT, ERROR',
  },
  {
    key: 'logs.events_per_second',
    env: 'TELLTALE_LOG_EVENTS_PER_SECOND',
    type: 'integer',
    default: '100',
    description:
      'Events of one type and model that pass a second, twice as many in a burst; the rest is counted',
  },
  {
    key: 'privacy.secret_names',
    env: 'TELLTALE_SECRET_NAMES',
    type: 'list',
    description:
      'Names besides the usual ones (password, token, api_key, authorization and the like) whose values never leave, such as customer_code; any way of writing them counts',
  },
];
