/**
 * `npm run bench -- <name> [--json] [--seed <n>]` runs `bench/<name>.ts`; the last line printed is
 * one JSON object. `all` runs every one and writes the figures with `--out <file>`.
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { json: { type: 'boolean' }, seed: { type: 'string' }, out: { type: 'string' } },
});
const [name = ''] = positionals;
const seed = values.seed === undefined ? undefined : Number(values.seed);

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length));
if (!names.includes(name)) {
  process.stderr.write(
    `Cannot run the benchmark "${name}": npm run bench -- NAME --json, where NAME is one of ${names.join(', ')}\n`,
  );
  process.exit(2);
}
if (seed !== undefined && !Number.isInteger(seed)) {
  process.stderr.write(
    `Cannot use the seed as it must be an integer: current value is ${String(values.seed)}\n`,
  );
  process.exit(2);
}
const bench = (await import(`./${name}.ts`)) as {
  main(options: {
    readonly isJson: boolean;
    readonly seed?: number | undefined;
    readonly out?: string | undefined;
  }): Promise<void>;
};
const out = typeof values.out === 'string' ? values.out : undefined;
await bench.main({ isJson: values.json === true, seed, out });
process.exit();
