import type { BinaryExpr, DurationMs, Expr, Position } from '../ast.ts';
import { evaluationError } from '../error.ts';
import { scalarResult } from '../kernels/operators.ts';
import { childrenOf } from './children.ts';
import type { QueryTimes } from './query.ts';

/** Go's `time.Duration` ends at 2^63 nanoseconds. */
const DURATION_SECONDS_MAX = 2 ** 63 / 1e9;

/** The milliseconds of an offset, which may be negative. */
export function resolveOffset(offset: DurationMs, times: QueryTimes): number {
  return typeof offset === 'number' ? offset : resolve(offset, times);
}

/**
 * The milliseconds of a range or step.
 *
 * @throws {PromqlError} when a duration expression does not come out above zero.
 */
export function resolvePositive(duration: DurationMs, times: QueryTimes): number {
  if (typeof duration === 'number') return duration;
  const seconds = evaluateSeconds(duration, times);
  if (seconds <= 0) throw fault('duration must be greater than 0', duration.position);
  return toMs(seconds, duration.position);
}

function resolve(duration: Expr, times: QueryTimes): number {
  return toMs(evaluateSeconds(duration, times), duration.position);
}

function toMs(seconds: number, position: Position): number {
  if (!Number.isFinite(seconds)) throw fault('duration is NaN or infinite', position);
  if (Math.abs(seconds) > DURATION_SECONDS_MAX) throw fault('duration is out of range', position);
  return Math.trunc(seconds * 1000);
}

function evaluateSeconds(expr: Expr, times: QueryTimes): number {
  if (expr.kind === 'number') return expr.value;
  if (expr.kind === 'durationOperand') {
    return (expr.name === 'step' ? times.stepMs : times.endMs - times.startMs) / 1000;
  }
  if (expr.kind === 'binary') return evaluateOperation(expr, times);
  const parts = childrenOf(expr).map((child) => evaluateSeconds(child, times));
  const [first = Number.NaN] = parts;
  if (expr.kind === 'paren') return first;
  if (expr.kind === 'unary') return expr.operator === '-' ? -first : first;
  if (expr.kind !== 'call') throw fault('unexpected duration expression', expr.position);
  return expr.function === 'min_of' ? Math.min(...parts) : Math.max(...parts);
}

function evaluateOperation(expr: BinaryExpr, times: QueryTimes): number {
  const left = evaluateSeconds(expr.left, times);
  const right = evaluateSeconds(expr.right, times);
  if (right === 0 && expr.operator === '/') throw fault('division by zero', expr.position);
  if (right === 0 && expr.operator === '%') throw fault('modulo by zero', expr.position);
  return scalarResult(expr.operator, left, right);
}

/** These positions are byte offsets, start and end, unlike those of the parser. */
function fault(reason: string, position: Position): Error {
  return evaluationError(`${position.start}:${position.end}: ${reason}`, position);
}
