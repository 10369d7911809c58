/** Clients that hold connections, never finish their bodies, or read no answer. */
import { connect, type Socket } from 'node:net';

import { delay } from '../../support/collector/service-process.ts';
import { Levels } from '../levels.ts';
import { Scene } from '../scene.ts';
import { AcknowledgedSender } from '../sender.ts';

const UNITS = ['a', 'b', 'c'];
const IDLE = 1100;
const UNFINISHED = 300;
const DEAF = 20;
const ROUNDS = 4;

const RULES = `groups:
- name: chaos
  interval: 1s
  rules:
  - {alert: Now, expr: chaos_level > 10}
`;

export async function run(): Promise<Record<string, number>> {
  const scene = await Scene.open({ rules: RULES });
  const levels = new Levels(UNITS);
  const sender = new AcknowledgedSender(scene.ports.otlp);
  levels.sendTo(sender);
  const sockets: Socket[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      attack(scene, sockets);
      await delay(1500);
      levels.raise();
      await delay(3500);
      levels.lower();
      await delay(3500);
    }
    levels.end();
    await sender.end();
    return {
      ...levels.verdict(scene.sink.received, ['Now']),
      healthFailures: scene.health.bad,
      healthProbes: scene.health.good,
      restarts: scene.hasExited ? 1 : 0,
      connections: sockets.length,
      requestsSentAgain: sender.repeats,
    };
  } finally {
    levels.end();
    for (const socket of sockets) socket.destroy();
    await scene.close();
  }
}

function attack({ ports }: Scene, sockets: Socket[]): void {
  const open = (port: number, count: number, head: string): void => {
    for (let index = 0; index < count; index += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      if (head !== '') socket.write(head);
      socket.pause();
      sockets.push(socket);
    }
  };
  const body = 'Host: localhost\r\nContent-Length: 1000\r\n\r\nabc';
  open(
    ports.otlp,
    UNFINISHED,
    `POST /v1/metrics HTTP/1.1\r\nContent-Type: application/json\r\n${body}`,
  );
  open(ports.api, UNFINISHED, `POST /api/v1/query HTTP/1.1\r\n${body}`);
  open(ports.api, UNFINISHED, `GET /-/healthy HTTP/1.1\r\n${body}`);
  const query = encodeURIComponent('{__name__=~".+"}');
  open(ports.api, DEAF, `GET /api/v1/series?match[]=${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  open(ports.api, IDLE / 2, '');
  open(ports.otlp, IDLE / 2, '');
}
