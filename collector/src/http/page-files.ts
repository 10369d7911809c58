import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One file of the built page. */
export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
  readonly gzipped: Uint8Array;
}

/** What `npm run build` made of `collector/ui`: the document, and what it loads. */
export interface PageFiles {
  readonly html: string;
  readonly assets: ReadonlyMap<string, PageFile>;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** @returns `undefined` when the page was not built, as in a checkout of the sources. */
export function readPageFiles(folder: string): PageFiles | undefined {
  try {
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    const names = readdirSync(join(folder, 'assets'));
    return { html, assets: new Map(names.flatMap((name) => assetOf(folder, name))) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function assetOf(folder: string, name: string): [string, PageFile][] {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (type === undefined) return [];
  const body = readFileSync(join(folder, 'assets', name));
  return [[name, { type, body, gzipped: gzipSync(body, { level: 9 }) }]];
}
