/** `npm run build:page`: the page of the alert service, from `collector/ui` to `collector/dist/page`. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { rolldown } from 'rolldown';

const UI = join(import.meta.dirname, '..');
const TARGET = join(UI, '../dist/page');
const ASSETS = join(TARGET, 'assets');

const html = readFileSync(join(UI, 'page/index.html'), 'utf8');
rmSync(TARGET, { recursive: true, force: true });
mkdirSync(ASSETS, { recursive: true });
const names: Readonly<Record<string, string>> = {
  'page.js': writeAsset('page', 'js', await bundleScript()),
  'page.css': writeAsset('page', 'css', joinStyles()),
  'icon.svg': writeAsset('icon', 'svg', readFileSync(join(UI, 'page/icon.svg'), 'utf8')),
};
const filled = html.replaceAll(/assets\/(?<name>[\w.]+)/gu, (whole, name: string) => {
  const written = names[name];
  if (written === undefined) throw new Error(`Cannot build the page: index.html names ${whole}`);
  return `assets/${written}`;
});
writeFileSync(join(TARGET, 'index.html'), filled);

async function bundleScript(): Promise<string> {
  const build = await rolldown({
    input: join(UI, 'src/main.tsx'),
    platform: 'browser',
    // `tsconfig.json` says how JSX is meant.
    tsconfig: join(UI, 'tsconfig.json'),
    transform: { target: 'es2023' },
    logLevel: 'warn',
  });
  const { output } = await build.generate({ format: 'esm', minify: true, comments: false });
  await build.close();
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error('Cannot build the page: expected one script');
  return chunk.code;
}

/** In the order of their names, which begin with numbers. Blanks and comments go. */
function joinStyles(): string {
  const folder = join(UI, 'page/style');
  const own = readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return own
    .join('\n')
    .replaceAll(/\/\*[\s\S]*?\*\//gu, '')
    .replaceAll(/\s*\n\s*/gu, ' ')
    .replaceAll(/\s*(?<mark>[{};,])\s*/gu, '$<mark>')
    .replaceAll(/: (?=[^{}]*\})/gu, ':')
    .replaceAll(';}', '}')
    .replaceAll(/(?<=[ ,:(])0(?=\.\d)/gu, '')
    .trim();
}

/** Named by its content, so that browsers may keep it forever. */
function writeAsset(name: string, ending: string, text: string): string {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const file = `${name}-${digest}.${ending}`;
  writeFileSync(join(ASSETS, file), text);
  return file;
}
