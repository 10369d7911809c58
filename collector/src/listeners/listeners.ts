import type { RequestLine } from '../http/message.ts';
import { instanceDriftRoutes } from '../http/routes/drift.ts';
import { type OtlpApi, otlpRefusal, otlpRoutes } from '../http/routes/otlp.ts';
import type { Authenticator } from '../http/server/auth.ts';
import { GrpcListener } from '../http/server/grpc-server.ts';
import { HttpListener } from '../http/server/node-server.ts';
import type { Log } from '../runtime/log.ts';
import { type ApiInputs, apiRefusal, apiRoutes } from './api-routes.ts';
import { createDriftApi } from './drift-api.ts';
import { createOtlpApi } from './otlp-api.ts';
import type { RequestCounters } from './request-counters.ts';

export interface ListenersOptions extends ApiInputs {
  readonly authenticator: Authenticator;
  readonly counters: RequestCounters;
  readonly log: Log;
}

/** Ports in use; `undefined` for a listener that is switched off. */
export interface AppPorts {
  readonly otlp: number | undefined;
  readonly api: number | undefined;
  readonly grpc: number | undefined;
}

interface Listener {
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Requests in work at once on each listener. */
const CONCURRENT_MAX = 100;

/** The sockets of the service, opened and closed as one. */
export class Listeners {
  readonly #listeners: { readonly [Name in keyof AppPorts]: Listener | undefined };

  constructor(options: ListenersOptions) {
    const { listen } = options.core.config;
    const otlpApi = createOtlpApi(options.core, options.counters);
    this.#listeners = {
      otlp: listen.otlp && otlpListener(options, listen.otlp, otlpApi),
      api: listen.api && apiListener(options, listen.api),
      grpc: listen.grpc && grpcListener(options, listen.grpc, otlpApi),
    };
  }

  get ports(): AppPorts {
    const { otlp, api, grpc } = this.#listeners;
    return { otlp: otlp?.port, api: api?.port, grpc: grpc?.port };
  }

  /** Rejects, with all of them closed, when one cannot have its port. */
  async start(): Promise<void> {
    try {
      for (const listener of this.#all()) await listener.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((listener) => listener.stop()));
  }

  #all(): Listener[] {
    return Object.values(this.#listeners).filter((each) => each !== undefined);
  }
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function otlpListener(options: ListenersOptions, address: Address, api: OtlpApi): Listener {
  const driftApi = createDriftApi(options.core, options.nowMs);
  return new HttpListener({
    ...httpCommon(options),
    ...address,
    routes: [...otlpRoutes(api), ...instanceDriftRoutes(driftApi)],
    refusalFormat: otlpRefusal,
  });
}

function apiListener(options: ListenersOptions, address: Address): Listener {
  return new HttpListener({
    ...httpCommon(options),
    ...address,
    routes: apiRoutes(options),
    refusalFormat: apiRefusal,
  });
}

function grpcListener(
  { authenticator, nowMs, log }: ListenersOptions,
  address: Address,
  api: OtlpApi,
): Listener {
  return new GrpcListener({
    ...address,
    bodyBytesMax: api.bodyBytesMax,
    authenticator,
    nowMs,
    take: (request) => api.take(request),
    onError: (error) => log.debug({ error: describe(error) }, 'gRPC stream'),
  });
}

function httpCommon({ authenticator, nowMs, counters, log }: ListenersOptions) {
  return {
    authenticator,
    nowMs,
    concurrentMax: CONCURRENT_MAX,
    onHandlerError: (error: unknown, { path }: RequestLine) =>
      log.error({ error: describe(error), path }, 'A handler failed'),
    onAnswer: (route: string, status: number) => counters.requests.add([route, String(status)]),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
