import fc from 'fast-check';
import { expect, test } from 'vitest';

import { plainValue } from '../../../../src/telltale/src/masking/plain-value.ts';
import { maskText } from '../../../../src/telltale/src/masking/secret-text.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl';

test.for([
  ['connect ECONNREFUSED postgres://app:hunter2@db:5432/x', 'postgres://[redacted]@db:5432/x'],
  ['mongodb+srv://u:p@ss@cluster.example/db', 'mongodb+srv://[redacted]@cluster.example/db'],
  ['https://token@git.example/r.git', 'https://[redacted]@git.example/r.git'],
  ['GET /v1?api_key=abc123&page=2', 'GET /v1?api_key=[redacted]&page=2'],
  ['{"user":"a","password":"b c"}', '{"user":"a","password":"[redacted]"}'],
  ["{ password: 'x', n: 1 }", "{ password: '[redacted]', n: 1 }"],
  ['config: password=hunter2, n=1', 'config: password=[redacted], n=1'],
  ['a=b&client_secret=x&c=d', 'a=b&client_secret=[redacted]&c=d'],
  ['DB_PASSWORD=hunter2 node app', 'DB_PASSWORD=[redacted] node app'],
  ['Authorization: Bearer abc def', 'Authorization: [redacted]'],
  ['cookie: a=1; sid=2\nnext', 'cookie: [redacted]\nnext'],
  ['sent Bearer abcdef0123456789', 'sent Bearer [redacted]'],
  [`verified ${JWT} now`, 'verified [redacted] now'],
  ['key AKIAIOSFODNN7EXAMPLE here', 'key [redacted] here'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end', '[redacted] end'],
  ['https://hooks.slack.com/services/T0/B0/xyz', 'https://hooks.slack.com/services/[redacted]'],
] as const)('%s', ([text, expected]) => {
  expect(maskText(text)).toContain(expected);
  expect(maskText(maskText(text))).toBe(maskText(text));
});

test.for([
  'fraud 0.93',
  'Unexpected token: }',
  'iris took 12.000 ms, threshold 3.000 ms',
  'GET https://example.com/@scope/package?page=2',
  'http://localhost:4318/v1/traces',
  'Basic authentication failed',
  'total tokens: 512, max_tokens=100',
  'ask a@example.com',
  'rate: 0.5, name: x',
])('"%s" stays as it is', (text) => {
  expect(maskText(text)).toBe(text);
});

test('long texts take a time that grows with their length only', () => {
  for (const text of ['a'.repeat(50_000), 'a:'.repeat(25_000), '://'.repeat(20_000)]) {
    const startMs = performance.now();
    maskText(text);
    expect(performance.now() - startMs).toBeLessThan(1_000);
  }
});

const SECRET = 's3cretS3cret';

/** Structures with a secret in a place that must be masked. */
const holding = fc.letrec((tie) => ({
  leaf: fc.constantFrom<unknown>(
    { password: SECRET },
    { headers: { 'X-Api-Key': SECRET } },
    { db: `postgres://u:${SECRET}@h/d` },
    [`token=${SECRET}`],
    [`node app.js --db-token=${SECRET} --port 80`],
    new Map([['client_secret', SECRET]]),
    new Error(`cannot reach redis://:${SECRET}@cache`),
  ),
  tree: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.dictionary(fc.constantFrom('a', 'list', 'config'), tie('tree'), { minKeys: 1 }),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
  ),
})).tree;

test('no secret is left in any structure', () => {
  fc.assert(
    fc.property(holding, (value) => {
      expect(JSON.stringify(plainValue(value))).not.toContain(SECRET);
    }),
    { seed: 14, numRuns: 500 },
  );
});

test('masking any text twice changes nothing', () => {
  const part = fc.constantFrom(
    'password',
    '=',
    ':',
    ' ',
    '"',
    "'",
    'x1',
    '://',
    '@',
    'Bearer ',
    '\n',
    '&',
    JWT,
    '[',
    ']',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
      const once = maskText(parts.join(''));
      expect(maskText(once)).toBe(once);
    }),
    { seed: 14, numRuns: 2_000 },
  );
});
