// The words of judged rounds as the server sends them, under short names.
import type { components } from '$lib/api';

type Schemas = components['schemas'];

export type JudgeView = Schemas['JudgingJudgeView'];
export type JudgePerformance = Schemas['JudgingJudgePerformance'];
export type JudgingView = Schemas['JudgingView'];
export type MarkedTurn = Schemas['JudgingMarkedTurn'];
export type SeatView = Schemas['JudgingSeatView'];
export type Criterion = Schemas['JudgingCriterionView'];
export type MarkValue = Schemas['JudgingMarkValue'];
export type MarkingRules = Schemas['JudgingMarkingRules'];
export type Overtime = Schemas['ScoringOvertime'];
export type Working = Schemas['ScoringWorking'];
export type SheetWorking = Schemas['ScoringSheetWorking'];
export type Combining = Schemas['ScoringCombining'];
export type SeatOfMine = Schemas['JudgingSeatOfMine'];
export type SigningView = Schemas['JudgingSigningView'];
export type RequestView = Schemas['JudgingRequestView'];
export type ClosingView = Schemas['JudgingClosingView'];
export type Candidate = Schemas['JudgingCandidate'];

export type SeatProgress = Schemas['JudgingSeatProgress'];
export type Alarm = Schemas['JudgingAlarm'];
export type Conduct = Schemas['JudgingConduct'];
export type WatchView = Schemas['JudgingWatchView'];
export type StageView = Schemas['JudgingStageView'];
export type Publicity = Schemas['JudgingPublicity'];
export type PublicScore = Schemas['JudgingPublicScore'];
export type EveningPart = Schemas['JudgingEveningPart'];

/** What every view of a performance tells, whoever looks. */
export type Turn = Pick<
  JudgePerformance,
  'id' | 'position' | 'number' | 'entry_name' | 'unit_name' | 'title' | 'state' | 'clock' | 'seconds'
>;
