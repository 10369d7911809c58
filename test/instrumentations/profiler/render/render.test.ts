import { gunzipSync } from 'node:zlib';

import { Profile as Pprof } from 'pprof-format';
import { expect, test } from 'vitest';

import { Profile } from '../../../../instrumentations/profiler/src/profile.ts';
import { renderDifference } from '../../../../instrumentations/profiler/src/render/svg/difference-flamegraph.ts';
import { renderFlamegraph } from '../../../../instrumentations/profiler/src/render/svg/flamegraph.ts';
import { SVG_SCRIPT_HASH } from '../../../../instrumentations/profiler/src/render/svg/script.ts';
import { escapeXml } from '../../../../instrumentations/profiler/src/render/svg/xml.ts';
import { renderChanges } from '../../../../instrumentations/profiler/src/render/text.ts';
import { callTree } from '../../../../instrumentations/profiler/src/tree/call-tree.ts';
import { frame, PROFILE } from '../../../support/profiler/profiles.ts';

const profile = (hasIdle = false): Profile =>
  new Profile([{ thread: 'main', profile: PROFILE }], {
    title: 'node app.js',
    startMs: 1_700_000_000_000,
    hasIdle,
  });

const busyMicros = 50_000;

test('folded lines', () => {
  expect(profile().toFolded()).toBe(
    [
      'handler (/app/server.js:10) 1',
      'handler (/app/server.js:10);parse (/app/node_modules/lib/index.js:5) 1',
      'handler (/app/server.js:10);handler (/app/server.js:10) 1',
      'handler (/app/server.js:10);handler (/app/server.js:10);(anonymous) (node:internal/timers:100) 1',
      '(garbage collector) 1',
      '',
    ].join('\n'),
  );
});

test('a long command line is cut in the picture, and whole in its title', () => {
  const title = `node ${'x'.repeat(300)}`;
  const svg = renderFlamegraph(callTree([{ frames: [frame('f')], samples: 1, micros: 5 }]), {
    title,
    subtitle: '',
    format: String,
  });
  expect(svg).toContain(`<title>${title}</title>`);
  expect(svg).toContain(`y="20">${title.slice(0, 119)}…</text>`);
});

test('pprof holds the same time, innermost location first', () => {
  const decoded = Pprof.decode(gunzipSync(profile().toPprof()));
  const text = (index: number | bigint): string => decoded.stringTable.strings[Number(index)] ?? '';
  expect(decoded.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ]);
  const nanos = decoded.sample.reduce((sum, { value }) => sum + Number(value[1]), 0);
  expect(nanos).toBe(busyMicros * 1000);
  expect(Number(decoded.period)).toBe(10_000_000);
  const names = decoded.sample.map(({ locationId }) =>
    locationId.map((id) => {
      const location = decoded.location.find((one) => Number(one.id) === Number(id));
      const fn = decoded.function.find(
        (one) => Number(one.id) === Number(location?.line[0]?.functionId),
      );
      return text(fn?.name ?? 0);
    }),
  );
  expect(names[1]).toEqual(['parse', 'handler']);
});

test('speedscope holds the same time', () => {
  const file = JSON.parse(profile().toSpeedscope()) as {
    shared: { frames: { name: string }[] };
    profiles: { endValue: number; weights: number[]; samples: number[][] }[];
  };
  const [first] = file.profiles;
  expect(first?.endValue).toBe(busyMicros);
  expect(first?.samples[1]?.map((index) => file.shared.frames[index]?.name)).toEqual([
    'handler',
    'parse',
  ]);
});

test('text and JSON tell whose time it was', () => {
  const text = profile().toText();
  expect(text).toContain('your code 33.3 %  dependencies 16.7 %  Node.js 16.7 %');
  expect(text).toContain('20.0 ms   40.0 %  handler app/server.js:10');
  expect(JSON.parse(profile().toJson())).toMatchObject({ title: 'node app.js', samples: 6 });
});

test('threads stand below frames of their names', () => {
  const two = new Profile(
    [
      { thread: 'main', profile: PROFILE },
      { thread: 'resizer #1', profile: PROFILE },
    ],
    { title: 't', startMs: 0, hasIdle: false },
  );
  expect(two.stacks().map(({ frames }) => frames[0]?.name)).toEqual([
    ...Array.from({ length: 5 }, () => 'main'),
    ...Array.from({ length: 5 }, () => 'resizer #1'),
  ]);
});

const boxes = (svg: string): { depth: number; x: number; width: number }[] =>
  [
    ...svg.matchAll(/<g class="f"[^>]*>[\s\S]*?<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/gu),
  ].map(([, x, y, width]) => ({ depth: Number(y), x: Number(x), width: Number(width) }));

test('boxes of a row never reach beyond their caller', () => {
  const drawn = boxes(profile().toSvg());
  expect(drawn.length).toBeGreaterThan(4);
  for (const row of new Set(drawn.map(({ depth }) => depth))) {
    const widths = drawn.filter(({ depth }) => depth === row).map(({ width }) => width);
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeLessThanOrEqual(1200.1);
  }
  expect(drawn[0]).toEqual({ depth: 62, x: 0, width: 1200 });
});

test('names stay text, whatever is in them', () => {
  const hostile = '</title><script>alert(1)</script> & "größe" \u0000\uD800 ]]>';
  const svg = renderFlamegraph(callTree([{ frames: [frame(hostile)], samples: 1, micros: 5 }]), {
    title: hostile,
    subtitle: hostile,
    format: String,
  });
  expect(svg.match(/<script>/gu)).toHaveLength(1);
  expect(svg).toContain('&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(escapeXml('a\u0000b\uD800c😀')).toBe('a\uFFFDb\uFFFDc😀');
});

test('a picture refers to nothing outside, and its script is known by a hash', () => {
  const svg = profile().toSvg();
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|href|url\(/u);
  expect(SVG_SCRIPT_HASH).toMatch(/^sha256-[\w+/]+=*$/u);
});

test('an empty profile is a picture without boxes', () => {
  const svg = renderFlamegraph(callTree([]), { title: 't', subtitle: 's', format: String });
  expect(boxes(svg)).toEqual([]);
});

test('a comparison names what grew and what shrank', () => {
  const of = (name: string, micros: number) => ({ frames: [frame(name)], samples: 1, micros });
  const [before, after] = [
    [of('a', 10), of('b', 90)],
    [of('a', 60), of('b', 40)],
  ];
  const svg = renderDifference(before, after, { title: 't', subtitle: 's' });
  expect(svg).toContain('10.00 % before, 60.00 % after (+50.00 points)');
  expect(svg).toContain('90.00 % before, 40.00 % after (-50.00 points)');
  expect(
    renderChanges([
      { name: 'a', file: '/app/a.js', line: 1, before: 0.1, after: 0.6 },
      { name: 'b', file: '/app/b.js', line: 1, before: 0.9, after: 0.4 },
    ]),
  ).toContain('   +50.0   10.0 % >  60.0 %  a app/a.js:1');
});
