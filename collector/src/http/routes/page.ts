import type { HttpHeaders } from '../../model/http-message.ts';
import { type Route, type ServerRequest, type ServerResponse, textResponse } from '../message.ts';
import type { PageFiles } from '../page-files.ts';

/** Paths of views; messages and `generatorURL` lead to `/alerts/...` and `/graph`. */
const VIEWS = [
  '/',
  '/alerts',
  '/alerts/:id',
  '/rules',
  '/graph',
  '/drift',
  '/history',
  '/silences',
  '/receivers',
];

/**
 * Scripts and styles come from this server's files only, requests go to this server only, and no
 * text can become code: without a Trusted Types policy the browser refuses every such sink.
 */
const POLICY = [
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
].join('; ');

const SAFE: HttpHeaders = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * The web page: one document for every view, and its assets, whose names change with their content.
 * Both are open to everybody, for they hold no data; what the page then asks for needs a key.
 */
export function pageRoutes(files: () => PageFiles | undefined): Route[] {
  const open = (path: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    scope: 'open',
    handle,
  });
  return [
    ...VIEWS.map((path) => open(path, (request) => document(files(), request))),
    open('/assets/:name', (request) => asset(files(), request)),
  ];
}

function document(files: PageFiles | undefined, { path }: ServerRequest): ServerResponse {
  if (files === undefined) {
    return textResponse(503, 'The page was not built: run npm run build\n');
  }
  // Relative, so that the page also works below a path of a proxy.
  const base = path.split('/').length > 2 ? '../' : './';
  return {
    status: 200,
    headers: { ...SAFE, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    body: files.html.replace('<base href="./"', `<base href="${base}"`),
  };
}

const FOREVER = 'public, max-age=31536000, immutable';

function asset(files: PageFiles | undefined, { params, headers }: ServerRequest): ServerResponse {
  const found = files?.assets.get(params['name'] ?? '');
  if (found === undefined) {
    return {
      ...textResponse(404, 'No such asset\n'),
      headers: { ...SAFE, 'cache-control': 'no-store' },
    };
  }
  const isZipped = /\bgzip\b/u.test(headers['accept-encoding'] ?? '');
  return {
    status: 200,
    headers: {
      ...SAFE,
      'content-type': found.type,
      'cache-control': FOREVER,
      vary: 'accept-encoding',
      ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
    },
    body: isZipped ? found.gzipped : found.body,
  };
}
