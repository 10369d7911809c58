import { expect, test } from 'vitest';

import type { Route } from '../../../collector/src/http/message.ts';
import { Router } from '../../../collector/src/http/server/router.ts';

const handle = (): { status: number } => ({ status: 200 });
const values: Route = { method: 'GET', path: '/label/:name/values', scope: 'read', handle };
const query: Route = { method: 'GET', path: '/query', scope: 'read', handle };
const queryForm: Route = { method: 'POST', path: '/query', scope: 'read', handle };

test.for([
  { method: 'GET', path: '/query', expected: { kind: 'route', route: query, params: {} } },
  { method: 'POST', path: '/query', expected: { kind: 'route', route: queryForm, params: {} } },
  { method: 'PUT', path: '/query', expected: { kind: 'wrong method', allow: 'GET, POST' } },
  { method: 'GET', path: '/query/', expected: { kind: 'not found' } },
  {
    method: 'HEAD',
    path: '/label/a%20b/values',
    expected: { kind: 'route', route: values, params: { name: 'a b' } },
  },
  { method: 'GET', path: '/label//values', expected: { kind: 'not found' } },
  { method: 'GET', path: '/label/%/values', expected: { kind: 'not found' } },
])('Router.match() of $method $path', ({ method, path, expected }) => {
  expect(new Router([values, query, queryForm]).match(method, path)).toEqual(expected);
});
