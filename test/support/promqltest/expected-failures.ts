/**
 * Cases of upstream's scripts that are known to fail, as `file:line`, for each evaluator. The lists
 * may only become shorter: a case that passes although it is listed here fails the test.
 */
export const EXPECTED_FAILURES: Readonly<Record<'general' | 'standing', readonly string[]>> = {
  general: [],
  standing: [],
};
