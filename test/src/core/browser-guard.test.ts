import { expect, test } from 'vitest';

import {
  isHostAllowed,
  isLoopback,
  refuseForeignPage,
  refuseFormBody,
} from '../../../src/core/src/browser-guard.ts';

type Headers = Readonly<Record<string, string>>;

const HERE: Headers = { host: '127.0.0.1:9465' };

test.for<[string, string, Headers, number | undefined]>([
  ['curl sends neither', 'POST', HERE, undefined],
  ['a page of our own', 'POST', { ...HERE, origin: 'http://127.0.0.1:9465' }, undefined],
  [
    'our page, told by the browser',
    'POST',
    { ...HERE, 'sec-fetch-site': 'same-origin' },
    undefined,
  ],
  ['an address typed in', 'GET', { ...HERE, 'sec-fetch-site': 'none' }, undefined],
  [
    'our page behind a proxy that rewrites Host',
    'POST',
    { ...HERE, origin: 'https://alerts.example', 'sec-fetch-site': 'same-origin' },
    undefined,
  ],
  [
    'a link from elsewhere',
    'GET',
    { ...HERE, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    undefined,
  ],
  ['a foreign origin', 'POST', { ...HERE, origin: 'http://evil.example' }, 403],
  ['a foreign origin that only reads', 'GET', { ...HERE, origin: 'http://evil.example' }, 403],
  ['another port of this machine', 'POST', { ...HERE, origin: 'http://127.0.0.1:3000' }, 403],
  ['a sandboxed page', 'POST', { ...HERE, origin: 'null' }, 403],
  ['a request of a foreign page', 'GET', { ...HERE, 'sec-fetch-site': 'cross-site' }, 403],
  ['a page on another port', 'POST', { ...HERE, 'sec-fetch-site': 'same-site' }, 403],
  [
    'a form of a foreign page',
    'POST',
    { ...HERE, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    403,
  ],
  ['a name that was made to resolve to us', 'GET', { host: 'evil.example:9465' }, 403],
])('%s: %s', ([, method, headers, status]) => {
  expect(refuseForeignPage({ method, headers }, '127.0.0.1')?.status).toBe(status);
});

test.for<[Headers, number | undefined]>([
  [{}, undefined],
  [{ 'content-length': '0' }, undefined],
  [{ 'content-type': 'application/json', 'content-length': '2' }, undefined],
  [{ 'content-type': 'Application/JSON; charset=utf-8', 'content-length': '2' }, undefined],
  [{ 'content-type': 'text/plain', 'content-length': '2' }, 415],
  [{ 'content-type': 'text/plain' }, 415],
  [{ 'content-type': 'application/x-www-form-urlencoded', 'content-length': '2' }, 415],
  [{ 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' }, 415],
  [{ 'content-type': 'application/jsonp' }, 415],
  [{ 'content-length': '2' }, 415],
  [{ 'transfer-encoding': 'chunked' }, 415],
])('a body as %j', ([headers, status]) => {
  expect(refuseFormBody({ method: 'POST', headers })?.status).toBe(status);
});

test.for<[string | undefined, string, boolean]>([
  ['evil.example', '127.0.0.1', false],
  ['localhost:1', '127.0.0.1', true],
  ['LOCALHOST', '127.0.0.1', true],
  ['app.localhost:9465', '127.0.0.1', true],
  ['127.0.0.1.evil.example', '127.0.0.1', false],
  ['[::1]:9465', '::1', true],
  ['[::2]:9465', '::1', false],
  [undefined, '127.0.0.1', true],
  ['', '127.0.0.1', true],
  ['evil.example', '0.0.0.0', true],
])('Host %s on %s', ([host, bindHost, allowed]) => {
  expect(isHostAllowed(host, bindHost)).toBe(allowed);
});

test.for<[string, boolean]>([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['127.0.0.256', false],
  ['127.0.0.01', false],
  ['127.1', false],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
  ['::1', true],
  ['::', false],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['notlocalhost', false],
])('%s reaches this machine only: %s', ([host, expected]) => {
  expect(isLoopback(host)).toBe(expected);
});
