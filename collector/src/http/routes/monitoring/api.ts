import type {
  AlertStatistics,
  AlertStatus,
  EscalationStatus,
  ReceiverStatus,
  TriedChannel,
} from '../../../exchange/alert-status.ts';
import type { HistoryFilter, StoredHistoryEvent } from '../../../exchange/history.ts';
import type { ShownChange } from '../../../exchange/shown-change.ts';
import type { Matcher } from '../../../model/matcher.ts';
import type { LabelMatcher } from '../../../promql/ast.ts';
import type { RuleGroup } from '../../../rules/group.ts';
import type { ActionAnswer, SilenceApi } from '../alertmanager/api.ts';

/** Who does something, and what they say about it. */
export interface Person {
  readonly by: string;
  readonly comment: string;
}

/** What the routes below `/monitoring` ask of the running service. */
export interface MonitoringApi extends SilenceApi {
  nowMs(): number;
  groups(): readonly RuleGroup[];
  severityOf(labels: Readonly<Record<string, string>>): string;
  history(filter: HistoryFilter): readonly StoredHistoryEvent[];
  alert(id: string): AlertStatus | undefined;
  alerts(): readonly AlertStatus[];
  statistics(windowMs: number): AlertStatistics & EvaluationFigures;
  receivers(): readonly ReceiverStatus[];
  /** Sends a test message; `undefined` when no receiver has the name. */
  tryReceiver(name: string, by: string): Promise<readonly TriedChannel[]> | undefined;
  /** Stored series that a selector matches. */
  seriesCount(matchers: readonly LabelMatcher[]): number;
  escalations(): readonly EscalationStatus[];
  /** Firing alerts that a silence with these matchers would mute. */
  previewSilence(matchers: readonly Matcher[]): readonly AlertStatus[];
  acknowledge(id: string, person: Person, expiresMs?: number): ActionAnswer<unknown>;
  unacknowledge(id: string, person: Person): ActionAnswer<unknown>;
  resolve(id: string, person: Person, untilMs?: number): ActionAnswer<unknown>;
  escalate(id: string, person: Person): ActionAnswer<unknown>;
  /** Calls `listener` with what changed, until the returned function is called. */
  subscribe(listener: (change: ShownChange | undefined) => void): () => void;
}

export interface EvaluationFigures {
  readonly evaluations: number;
  readonly missedEvaluations: number;
  readonly ruleErrors: number;
}
