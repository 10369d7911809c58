import { expect, test } from 'vitest';

import { redirectTarget } from '../../../collector/src/http/client/redirect.ts';

test.for<[number, string, string, string | undefined]>([
  [307, 'http://a.example/x', '/y', 'http://a.example/y'],
  [308, 'http://a.example/x', 'https://a.example/x', 'https://a.example/x'],
  [308, 'http://a.example:8080/x', 'https://a.example/x', 'https://a.example/x'],
  [308, 'https://a.example/x', 'http://a.example/x', undefined],
  [308, 'https://a.example/x', 'https://a.example:8443/x', undefined],
  [307, 'http://a.example/x', 'http://b.example/x', undefined],
  [307, 'http://a.example/x', '//b.example/x', undefined],
  [307, 'http://a.example/x', 'file:///etc/passwd', undefined],
  [302, 'http://a.example/x', '/y', undefined],
  [200, 'http://a.example/x', '/y', undefined],
])('%i of %s to %s', ([status, url, location, expected]) => {
  expect(redirectTarget({ status, url, headers: { location } })).toBe(expected);
});

test('a redirect to nowhere is no target', () => {
  expect(redirectTarget({ status: 307, url: 'http://a.example/', headers: {} })).toBeUndefined();
});
