import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { AlwaysOnSampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { describe, expect, test } from 'vitest';

import { loadConfig } from '../../../../src/telltale/src/config.ts';
import { containerIdIn } from '../../../../src/telltale/src/sdk/environment/container.ts';
import {
  logRecordLimits,
  spanLimits,
} from '../../../../src/telltale/src/sdk/environment/limits.ts';
import { createPropagator } from '../../../../src/telltale/src/sdk/environment/propagator.ts';
import { createResource } from '../../../../src/telltale/src/sdk/environment/resource.ts';
import { createSampler } from '../../../../src/telltale/src/sdk/environment/sampler.ts';

const configOf = (env: Readonly<Record<string, string>>) =>
  loadConfig({ env: { OTEL_LOG_LEVEL: 'none', ...env }, folder: '/nowhere' });

describe('OTEL_TRACES_SAMPLER', () => {
  const EARLY = '00000000000000000000000000000001';
  const LATE = `${'f'.repeat(8)}${'0'.repeat(24)}`;
  test.for([
    { env: {}, root: [true, true], child: [true, false] },
    { env: { OTEL_TRACES_SAMPLER: 'ALWAYS_ON' }, root: [true, true], child: [true, true] },
    { env: { OTEL_TRACES_SAMPLER: 'always_off' }, root: [false, false], child: [false, false] },
    {
      env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' },
      root: [true, false],
      child: [true, true],
    },
    {
      env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      root: [false, false],
      child: [true, false],
    },
    {
      env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' },
      root: [true, true],
      child: [true, false],
    },
    {
      env: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
      root: [false, false],
      child: [true, false],
    },
    // What only a tool beside us brings.
    { env: { OTEL_TRACES_SAMPLER: 'xray' }, root: [true, true], child: [true, true] },
  ])('$env', ({ env, root, child }) => {
    const sampler = createSampler(configOf(env));
    const keeps = (traceId: string, parent?: TraceFlags): boolean => {
      const context =
        parent === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, {
              traceId,
              spanId: '0000000000000001',
              traceFlags: parent,
            });
      const { decision } = sampler.shouldSample(context, traceId, 'n', 0, {}, []);
      return decision === SamplingDecision.RECORD_AND_SAMPLED;
    };
    expect([keeps(EARLY), keeps(LATE)]).toEqual(root);
    expect([keeps(EARLY, TraceFlags.SAMPLED), keeps(EARLY, TraceFlags.NONE)]).toEqual(child);
  });

  test('without it all is kept', () => {
    expect(createSampler(configOf({})).toString()).toContain(new AlwaysOnSampler().toString());
  });
});

test.for([
  { names: undefined, fields: ['traceparent', 'tracestate', 'baggage'] },
  { names: 'b3', fields: ['b3'] },
  { names: 'b3multi,tracecontext,b3multi', fields: ['x-b3-traceid', 'traceparent'] },
  { names: 'baggage,xray,tracecontext', fields: ['traceparent', 'tracestate', 'baggage'] },
  { names: 'none', fields: undefined },
  { names: 'tracecontext,none', fields: undefined },
])('OTEL_PROPAGATORS $names', ({ names, fields }) => {
  const env: Record<string, string> = names === undefined ? {} : { OTEL_PROPAGATORS: names };
  const found = createPropagator(configOf(env))?.fields();
  expect(found?.filter((field) => fields?.includes(field)).toSorted()).toEqual(fields?.toSorted());
});

test('limits: the own ones, else the shared ones, else none', () => {
  const env = {
    OTEL_ATTRIBUTE_COUNT_LIMIT: '7',
    OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9',
    OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '5',
    OTEL_SPAN_EVENT_COUNT_LIMIT: '3',
    OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '2',
  };
  expect(spanLimits(configOf(env))).toEqual({
    attributeCountLimit: 7,
    attributeValueLengthLimit: 9,
    eventCountLimit: 3,
    attributePerLinkCountLimit: 2,
  });
  expect(logRecordLimits(configOf(env))).toEqual({ attributeCountLimit: 5 });
  expect(spanLimits(configOf({}))).toEqual({});
});

describe('the resource', () => {
  test('has what the configuration says over what was found, and no command line', () => {
    const before = process.env['OTEL_RESOURCE_ATTRIBUTES'];
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'service.name=found,team=a';
    const { attributes } = createResource(configOf({ OTEL_SERVICE_NAME: 'said' }));
    if (before === undefined) delete process.env['OTEL_RESOURCE_ATTRIBUTES'];
    else process.env['OTEL_RESOURCE_ATTRIBUTES'] = before;
    expect(attributes).toMatchObject({
      'service.name': 'said',
      team: 'a',
      'process.pid': process.pid,
    });
    expect(attributes['process.command_args']).toBeUndefined();
  });

  test.for([
    { names: 'none', has: false },
    { names: 'process', has: true },
    { names: 'PROCESS,container', has: true },
  ])('OTEL_NODE_RESOURCE_DETECTORS=$names', ({ names, has }) => {
    const { attributes } = createResource(configOf({ OTEL_NODE_RESOURCE_DETECTORS: names }));
    expect(attributes['process.command_args'] !== undefined).toBe(has);
    expect(attributes['os.type']).toBeUndefined();
  });

  const ID = 'a'.repeat(32) + 'b'.repeat(32);
  test.for([
    { name: 'Docker, version 1', text: `12:pids:/docker/${ID}\n`, id: ID },
    { name: 'a pod', text: `0::/kubepods/besteffort/pod1/cri-containerd-${ID}.scope\n`, id: ID },
    {
      name: 'version 2',
      text: `700 690 0:1 /var/lib/docker/containers/${ID}/hostname /etc/hostname rw\n`,
      id: ID,
    },
    { name: 'no container', text: '0::/user.slice/session-1.scope\n', id: undefined },
  ])('container.id of $name', ({ text, id }) => {
    expect(containerIdIn(text)).toBe(id);
  });
});
