/** `npm run bench -- <name> [--json]` runs `bench/<name>.ts`; the last line printed is one JSON object. */
const [name = '', ...options] = process.argv.slice(2);

if (!/^[a-z-]+$/u.test(name)) {
  process.stderr.write(
    'Cannot run a benchmark without its name: npm run bench -- inference --json\n',
  );
  process.exit(2);
}
const bench = (await import(`./${name}.ts`)) as {
  main(options: { readonly isJson: boolean }): Promise<void>;
};
await bench.main({ isJson: options.includes('--json') });
process.exit(0);
