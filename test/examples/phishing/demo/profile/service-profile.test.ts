import { expect, test } from 'vitest';

import {
  profileLines,
  profileProblems,
  readProfile,
} from '../../../../../examples/phishing/demo/profile/service-profile.ts';

const hot = (name: string, selfMicros: number, file = '/app/node_modules/lib/index.js') => ({
  name,
  file,
  line: 7,
  selfMicros,
});

const ANSWER = {
  functions: [
    hot('(program)', 500, ''),
    hot('parse', 300),
    hot('a', 100),
    hot('b', 50),
    hot('c', 30),
    hot('d', 20),
  ],
  spans: [
    { name: 'POST /predict', micros: 600 },
    { name: 'infer phishing', micros: 240 },
    { name: 'infer other', micros: 10 },
    { name: 'inferior', micros: 90 },
  ],
};

test('the five hottest functions and the share of the model', () => {
  const profile = { file: '/tmp/service.svg', ...readProfile(ANSWER) };
  expect(profile.modelShare).toBe(0.25);
  expect(profileLines(profile)).toEqual([
    'flamegraph of the service under load: /tmp/service.svg',
    'its hottest functions, by their own share of the busy time:',
    '  50.0 %  (program) ',
    '  30.0 %  parse lib/index.js:7',
    '  10.0 %  a lib/index.js:7',
    '   5.0 %  b lib/index.js:7',
    '   3.0 %  c lib/index.js:7',
    'the model: 25.0 % of the busy time of the main thread was inside of inference spans',
  ]);
});

test('a profile that shows nothing of the service is a problem', () => {
  const file = '/tmp/service.svg';
  expect(profileProblems(undefined)).toEqual([]);
  expect(profileProblems({ file, ...readProfile(ANSWER) })).toEqual([]);
  expect(profileProblems(new Error('HTTP 409'))).toEqual(['no profile: HTTP 409']);
  expect(profileProblems({ file, ...readProfile({ functions: [], spans: [] }) })).toEqual([
    'the profile has no functions',
  ]);
  expect(profileProblems({ file, ...readProfile({ ...ANSWER, spans: [] }) })).toEqual([
    'the profile has no time in inference spans',
  ]);
});
