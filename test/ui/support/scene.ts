import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  METRIC_DRIFT_EVIDENCE,
  METRIC_DRIFT_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_STATE,
} from '@telltale/core';

import type { FleetPoint } from '../../../collector/src/drift/fleet-point.ts';
import type { HttpResult } from '../../../collector/src/model/http-message.ts';
import { AlertServiceFixture, type GaugePoint } from '../../support/collector/alert-service.ts';
import { uniform } from '../../support/collector/baseline-files.ts';
import {
  aspectPoint,
  countRanks,
  fleetBody,
  rankPoint,
  sizePoint,
  valuePoint,
} from '../../support/collector/drift-points.ts';
import { FakeClock } from '../../support/collector/fake-clock.ts';
import { ALERTMANAGER, CONFIG, RULES } from './scene-files.ts';

const PAST_MS = 2 * 3_600_000;
const STEP_MS = 30_000;
const MODEL = 'phishing';
const INSTANCES = ['scorer-6f9c-a', 'scorer-6f9c-b', 'scorer-6f9c-c'];

/** The alert service in this process, with two hours behind it, going on in real time. */
export class Scene extends AlertServiceFixture {
  override readonly clock: FakeClock;
  /** What receivers got: the URL and the body. */
  readonly posted: { readonly url: string; readonly body: string }[] = [];
  /** Answers of receivers by a part of their URL. */
  readonly failing: Set<string> = new Set();
  #ticking: NodeJS.Timeout | undefined;
  #isTicking = false;

  /** @param pastMs what `play` lives through; 0 for a service that begins now */
  constructor(pastMs: number = PAST_MS) {
    super();
    this.clock = new FakeClock(Date.now() - pastMs);
  }

  get url(): string {
    return `http://127.0.0.1:${this.app.ports.api}`;
  }

  /**
   * @param extra further lines of the `collector` section, indented by two
   * @param prepare writes files that these name
   */
  async open(
    extra = '',
    rules: string = RULES,
    prepare: (folder: string) => void = () => undefined,
  ): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    prepare(this.folder);
    writeFileSync(join(this.folder, 'alertmanager.yml'), ALERTMANAGER);
    this.writeRules(rules);
    this.configText = CONFIG + extra;
    const send = (message: {
      readonly url: string;
      readonly body: string;
    }): Promise<HttpResult> => {
      this.posted.push({ url: message.url, body: message.body });
      const isFailing = [...this.failing].some((part) => message.url.includes(part));
      return Promise.resolve({
        kind: 'answer',
        status: isFailing ? 500 : 200,
        headers: {},
        body: isFailing ? 'out of order' : '',
      });
    };
    await this.create({ send }).start();
    await this.clock.advance(0);
  }

  /** Lives through the past, then goes on by itself. */
  async play(): Promise<void> {
    const steps = PAST_MS / STEP_MS;
    for (let step = 0; step < steps; step += 1) {
      await this.sendMoment(step / steps);
      await this.clock.advance(STEP_MS);
    }
    await this.sendMoment(1);
    this.goOn();
  }

  /** From now on the clock is that of the machine. */
  goOn(): void {
    this.#ticking = setInterval(() => {
      if (this.#isTicking) return;
      this.#isTicking = true;
      const lateMs = Math.max(0, Date.now() - this.clock.nowMs());
      void this.clock.advance(lateMs).then(() => {
        this.#isTicking = false;
      });
    }, 200);
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    if (this.isRunning) await this.stop();
    this.remove();
  }

  /** What the machines say at a moment of the past, from 0 to 1. */
  async sendMoment(share: number): Promise<void> {
    const timeMs = this.clock.nowMs();
    const gauges = INSTANCES.flatMap((instance, index) =>
      gaugesOf({ instance, index, share, timeMs }),
    );
    await this.post(gauges);
    if (Math.round(share * 240) % 4 === 0) {
      const points = INSTANCES.flatMap((id, index) => driftOf({ id, index, share, timeMs }));
      await this.postBody(fleetBody(points));
    }
  }
}

interface Moment {
  readonly index: number;
  readonly share: number;
  readonly timeMs: number;
}

const rise = (share: number, from: number, length: number): number =>
  Math.min(1, Math.max(0, (share - from) / length));

/** The same on every run: a wave with a ripple. */
const ripple = (timeMs: number, index: number): number =>
  Math.sin(timeMs / 130_000 + index) * 0.6 + Math.sin(timeMs / 47_000 + index * 2) * 0.4;

function gaugesOf({
  instance,
  index,
  share,
  timeMs,
}: Moment & { readonly instance: string }): GaugePoint[] {
  const wave = ripple(timeMs, index);
  const gauge = (name: string, value: number): GaugePoint => ({
    name,
    value: Math.max(0, value),
    timeMs,
    instance,
    attributes: { ml_model_name: MODEL, zone: `eu-${index + 1}` },
  });
  const failing = index === 1 ? rise(share, 0.82, 0.06) * 0.13 : 0;
  return [
    gauge('ml_error_ratio', 0.012 + wave * 0.004 + failing),
    gauge(
      'ml_latency_p95_seconds',
      0.11 + wave * 0.015 + rise(share, 0.55 + index * 0.1, 0.1) * 0.19,
    ),
    gauge('queue_depth', 35 + wave * 12 + (index === 2 ? rise(share, 0.8, 0.15) * 110 : 0)),
  ];
}

function driftOf({ id, index, share, timeMs }: Moment & { readonly id: string }): FleetPoint[] {
  const streams: readonly (readonly [name: string, isMoving: boolean])[] = [
    ['score', true],
    ['url_length', false],
  ];
  return streams.flatMap(([stream, isMoving]) => {
    const init = { id, timeMs, attributes: [['ml.drift.stream', stream]] as const };
    const moved = isMoving ? rise(share, 0.5, 0.3) * (index === 1 ? 0.6 : 0.16) : 0;
    const ranks = uniform(300, Math.round(share * 1000) + index).map(
      (rank) => rank ** (1 + 3 * moved),
    );
    const evidence = isMoving ? 10 ** (moved * 9) : 3 + index;
    return [
      sizePoint(5000, init),
      rankPoint(countRanks(ranks), init),
      valuePoint(
        ranks.map((rank) => 0.05 + rank * 0.9),
        { ...init, temporality: 'delta' },
      ),
      aspectPoint(METRIC_DRIFT_EVIDENCE.name, evidence, init),
      aspectPoint(METRIC_DRIFT_EVIDENCE_THRESHOLD.name, 1000, init),
      aspectPoint(METRIC_DRIFT_STATE.name, evidence >= 1000 ? 3 : 1, init),
    ];
  });
}
