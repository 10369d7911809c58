import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The flags of a test program; what cannot be read ends it with one line and exit code 2. */
export function readCommandLine<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    process.stderr.write(`${(error as Error).message}\nFlags: ${known.join(', ')}\n`);
    process.exit(2);
  }
}
