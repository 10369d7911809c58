import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  filterTest,
  parseFilter,
  printMatcher,
} from '../../../../collector/ui/src/model/matchers.ts';

describe('parseFilter()', () => {
  const is = (name: string, operator: string, value: string) => ({ name, operator, value });
  test.for([
    ['severity="critical"', [is('severity', '=', 'critical')], []],
    ['{a="b", c=~"d|e"}', [is('a', '=', 'b'), is('c', '=~', 'd|e')], []],
    ['a!=b,c!~"x.*" Timeout', [is('a', '!=', 'b'), is('c', '!~', 'x.*')], ['timeout']],
    ['eu-1 disk', [], ['eu-1', 'disk']],
    ['a="say \\"hi\\", then go"', [is('a', '=', 'say "hi", then go')], []],
    ['"strange name"="x"', [is('strange name', '=', 'x')], []],
    ['"', [], ['"']],
    [' , ', [], []],
  ] as const)('reads %s', ([text, matchers, words]) => {
    expect(parseFilter(text)).toEqual({ matchers, words });
  });

  test.for([
    'instance=',
    'instance!',
    'instance =~ ',
    'instance=~"',
    'instance="eu-',
    'instance="eu-\\',
    'instance!="a \\"b',
    '"instance"="eu',
  ])('leaves out %s, which is half typed, and keeps the rest', (typed) => {
    const name = typed.startsWith('"') ? '"instance"' : 'instance';
    expect(parseFilter(`severity="critical" disk ${typed}`)).toEqual({
      matchers: [is('severity', '=', 'critical')],
      words: ['disk'],
      problem: `Not finished: ${name}="value" is expected`,
    });
  });

  test('says which pattern it cannot read, and then hides nothing', () => {
    const filter = parseFilter('instance=~"eu-("');
    expect(filter.problem).toBe('Cannot read the pattern of "instance": eu-(');
    expect(filterTest(filter)({ labels: {}, annotations: {} })).toBe(true);
  });

  test('reads back what it printed, whatever the value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const matcher = {
          name: 'a',
          operator: '=' as const,
          value,
        };
        const [read] = parseFilter(printMatcher(matcher)).matchers;
        return read?.value === matcher.value;
      }),
    );
  });
});

describe('filterTest()', () => {
  const alert = {
    labels: { severity: 'critical', instance: 'eu-1' },
    annotations: { summary: 'The disk is full' },
  };
  test.for([
    ['severity=critical', true],
    ['severity!=critical', false],
    ['instance=~"eu-.*"', true],
    ['instance=~"eu"', false],
    ['instance!~"us-.*"', true],
    ['absent=""', true],
    ['DISK full', true],
    ['disk empty', false],
    ['', true],
  ] as const)('%s is %s', ([text, isWanted]) => {
    expect(filterTest(parseFilter(text))(alert)).toBe(isWanted);
  });
});
