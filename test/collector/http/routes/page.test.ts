import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ServerRequest, ServerResponse } from '../../../../collector/src/http/message.ts';
import { readPageFiles } from '../../../../collector/src/http/page-files.ts';
import { pageRoutes } from '../../../../collector/src/http/routes/page.ts';
import { Router } from '../../../../collector/src/http/server/router.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-page-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function writePage(): void {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<base href="./" /><script src="assets/p.js">');
  writeFileSync(join(folder, 'assets/p.js'), 'start()');
  writeFileSync(join(folder, 'assets/notes.txt'), 'not for browsers');
}

async function get(path: string, headers: Record<string, string> = {}): Promise<ServerResponse> {
  const match = new Router(pageRoutes(() => readPageFiles(folder))).match('GET', path);
  if (match.kind !== 'route') return { status: 404 };
  expect(match.route.scope).toBe('open');
  const request = { path, headers, params: match.params } as Partial<ServerRequest>;
  return match.route.handle(request as ServerRequest);
}

describe('the document', () => {
  test.for([
    ['/', './'],
    ['/alerts', './'],
    ['/graph', './'],
    ['/alerts/0b23acf6bd8566f2', '../'],
  ] as const)('at %s finds its assets below %s', async ([path, base]) => {
    writePage();
    const { status, body } = await get(path);
    expect({ status, body }).toEqual({
      status: 200,
      body: `<base href="${base}" /><script src="assets/p.js">`,
    });
  });

  test('forbids foreign and inline code, frames, and texts that become code', async () => {
    writePage();
    const { headers = {} } = await get('/');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
  });

  test('says what to do where the page was not built', async () => {
    const { status, body } = await get('/');
    expect({ status, body }).toEqual({
      status: 503,
      body: 'The page was not built: run npm run build\n',
    });
  });
});

describe('assets', () => {
  test('are kept forever, and zipped for those who can read that', async () => {
    writePage();
    const plain = await get('/assets/p.js');
    expect({ status: plain.status, body: String(plain.body) }).toEqual({
      status: 200,
      body: 'start()',
    });
    expect(plain.headers?.['cache-control']).toBe('public, max-age=31536000, immutable');
    const zipped = await get('/assets/p.js', { 'accept-encoding': 'br, gzip' });
    expect(zipped.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(String(gunzipSync(zipped.body as Uint8Array))).toBe('start()');
  });

  test.for(['/assets/none.js', '/assets/notes.txt', '/assets/..%2Findex.html'])(
    '%s is not one',
    async (path) => {
      writePage();
      expect((await get(path)).status).toBe(404);
    },
  );
});
