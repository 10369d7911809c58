import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Makes baselines as a user would, with `telltale drift baseline build`.
 *
 * @param csv a column for each stream, with its name in the first line
 * @returns the folder with the baselines, below `folder`
 * @throws {Error} with what the command said, when it fails
 */
export async function buildBaseline(csv: string, folder: string): Promise<string> {
  const data = join(folder, 'training.csv');
  const out = join(folder, 'baselines');
  writeFileSync(data, csv);
  const manifest = createRequire(import.meta.url).resolve('telltale/package.json');
  const cli = join(dirname(manifest), 'dist/cjs/cli/main.js');
  const args = ['drift', 'baseline', 'build', data, '--model', 'phishing', '--shuffle'];
  const child = spawn(process.execPath, [cli, ...args, '--out', out], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Cannot build the baseline of the demo: ${said}`);
  return out;
}
