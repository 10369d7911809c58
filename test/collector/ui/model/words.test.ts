import { describe, expect, test } from 'vitest';

import { choicesFor, completing } from '../../../../collector/ui/src/model/complete.ts';
import { episodesOf } from '../../../../collector/ui/src/model/episodes.ts';
import { numberText } from '../../../../collector/ui/src/model/number-text.ts';
import { readPlace, writePlace } from '../../../../collector/ui/src/model/place.ts';
import { reasonOf } from '../../../../collector/ui/src/model/reason.ts';
import { durationText, parseDurationMs } from '../../../../collector/ui/src/model/time-text.ts';
import { alertOf } from './alerts-fixture.ts';

test.for([
  [0, '0s'],
  [450, '450ms'],
  [59_400, '59s'],
  [61_000, '1m 1s'],
  [7_200_000, '2h'],
  [90_061_000, '1d 1h'],
] as const)('durationText(%s) is %s', ([ms, text]) => {
  expect(durationText(ms)).toBe(text);
});

test.for([
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['90', undefined],
  ['', undefined],
  ['1y', undefined],
] as const)('parseDurationMs("%s") is %s', ([text, ms]) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.for([
  [0.14312, '0.1431'],
  [12_400, '12,400'],
  [1.5e-7, '1.50e-7'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '∞'],
] as const)('numberText(%s) is %s', ([value, text]) => {
  expect(numberText(value)).toBe(text);
});

test.for([
  ['', '', 'alerts'],
  ['alerts', '?q=a%3D%22b%22&group=zone', 'alerts?q=a%3D%22b%22&group=zone'],
  ['alerts/0b23acf6bd8566f2', '', 'alerts/0b23acf6bd8566f2'],
  ['graph', '?g0.expr=up', 'graph?g0.expr=up'],
  ['nothing/here', '', 'alerts'],
] as const)('the address %s%s is written %s', ([path, search, written]) => {
  expect(writePlace(readPlace(path, search))).toBe(written);
});

describe('reasonOf()', () => {
  const now = Date.parse('2026-01-02T03:10:00.000Z');
  test.for([
    [alertOf({ id: 'a' }), /^It is 0\.3, above 0\.1, 3 times as much\.$/u],
    [alertOf({ id: 'a' }), /^This holds since .* and fires since .*, as the rule waits 1m\.$/u],
    [alertOf({ id: 'a', state: 'pending', firedAt: null }), /it fires at .* if it stays so/u],
    [alertOf({ id: 'a', rule: null }), /^Another program posted it/u],
    [alertOf({ id: 'a', silencedBy: ['s'] }), /^A silence mutes it\.$/u],
    [alertOf({ id: 'a', held: true }), /^Its data is not back/u],
  ] as const)('%# says %s', ([alert, sentence]) => {
    expect(reasonOf(alert, now).filter((each) => sentence.test(each))).toHaveLength(1);
  });
});

test('episodesOf() pairs each beginning with the next end of the same alert', () => {
  const event = (id: number, fingerprint: string) => ({ id, tsMs: id * 10, kind: '', fingerprint });
  const episodes = episodesOf(
    [event(1, 'a'), event(2, 'b'), event(6, 'a')],
    [event(4, 'a'), event(5, 'b')],
  );
  expect(episodes.map(({ id, firedMs, resolvedMs }) => [id, firedMs, resolvedMs])).toEqual([
    ['a', 60, undefined],
    ['b', 20, 50],
    ['a', 10, 40],
  ]);
});

describe('completing()', () => {
  test.for([
    ['rate(ml_inf', { kind: 'name', from: 5, prefix: 'ml_inf', metric: '', label: '' }],
    ['up{jo', { kind: 'label', from: 3, prefix: 'jo', metric: 'up', label: '' }],
    ['up{a="b",', { kind: 'label', from: 9, prefix: '', metric: 'up', label: '' }],
    ['up{job=~"sh', { kind: 'value', from: 9, prefix: 'sh', metric: 'up', label: 'job' }],
    ['up{job="a}', { kind: 'value', from: 8, prefix: 'a}', metric: 'up', label: 'job' }],
    ['sum by (jo', { kind: 'label', from: 8, prefix: 'jo', metric: '', label: '' }],
    ['sum(up{a="b"}) by (jo', { kind: 'label', from: 19, prefix: 'jo', metric: 'up', label: '' }],
    ['up > ', undefined],
    ['', undefined],
    ['up{"x', undefined],
  ] as const)('%s', ([text, wanted]) => {
    expect(completing(text)).toEqual(wanted);
  });

  test('what begins so comes before what holds it, and never what is there already', () => {
    expect(choicesFor('up', ['backup', 'up', 'uptime', 'Upper'])).toEqual([
      'uptime',
      'Upper',
      'backup',
    ]);
  });
});
