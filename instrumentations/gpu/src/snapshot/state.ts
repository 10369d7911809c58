import type { GpuState, ThrottleReason } from './reading.ts';

/** What the state of a device is decided by. */
export interface Health {
  /** The driver says: lost, or must be reset. */
  readonly isLost?: boolean;
  /** The driver says that a part of it is corrupt. */
  readonly isCorrupt?: boolean;
  readonly recoveryAction?: number;
  readonly hasRemapFailure?: boolean;
  readonly isRemapPending?: boolean;
  readonly hasRecentResetXid?: boolean;
  readonly isUncorrectedRising?: boolean;
  readonly throttle?: Readonly<Partial<Record<ThrottleReason, boolean>>>;
}

/** GPU reset, node reboot, drain and reset. */
const FAILED_ACTIONS = new Set([1, 2, 4]);
/** Drain peers, recover the IMEX domain. */
const PREDICTED_ACTIONS = new Set([3, 5]);

/** The state of a device; the worst finding wins. */
export function stateOf(health: Health): GpuState {
  const action = health.recoveryAction ?? 0;
  if (health.isLost === true || FAILED_ACTIONS.has(action)) return 'failed';
  if (
    health.hasRemapFailure === true ||
    PREDICTED_ACTIONS.has(action) ||
    health.hasRecentResetXid === true
  ) {
    return 'predicted_failure';
  }
  const { throttle = {} } = health;
  const findings = [
    throttle.hw_slowdown,
    throttle.hw_thermal,
    throttle.hw_power_brake,
    health.isCorrupt,
    health.isRemapPending,
    health.isUncorrectedRising,
  ];
  return findings.includes(true) ? 'degraded' : 'ok';
}
