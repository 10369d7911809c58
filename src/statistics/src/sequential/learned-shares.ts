/** Share of a learning bet that is always kept, so that one surprise cannot ruin it. */
const RESERVE = 0.05;
/** Scales leave the range of doubles when a stream is long enough. */
const SCALE_MIN = 1e-100;

/** Records one after the other, as lists of the same order. */
export interface CellRun {
  /** The cells that the records fell into. */
  readonly cells: Int32Array;
  /** One over the share of each cell, before the urn learned the record. */
  readonly odds: Float64Array;
  /** How many records there are: the lists may be longer. */
  length: number;
}

/**
 * Two bets that learn the share of every cell of an urn, one with a short memory and one with a long
 * one: where their numbers lie in a list, the short one's before the long one's.
 */
export interface LearningBets {
  /** Cells of the urn. */
  readonly cells: number;
  /** Of the evidence of both. */
  readonly evidence: number;
  /**
   * Of the scales of both. All shares of a bet fade by a common factor, its scale, so that a record
   * changes one of them instead of all.
   */
  readonly scales: number;
  /** Of the shares, to be multiplied by their scale. */
  readonly shares: number;
  /** What a record leaves of the shares before it. */
  readonly shortKept: number;
  readonly longKept: number;
}

/**
 * The steps of both bets over a run of records: a share that was learned, divided by the share of the
 * urn, is a factor with mean 1.
 */
export function betOnShares(numbers: number[], bets: LearningBets, run: CellRun): void {
  const { cells, odds, length } = run;
  const { cells: otherShare, evidence, scales, shares, shortKept, longKept } = bets;
  let shortScale = numbers[scales] ?? 1;
  let longScale = numbers[scales + 1] ?? 1;
  // What a record adds to its share, kept up by factors: it would be a division at every record.
  let shortStep = (1 - shortKept) / shortScale;
  let longStep = (1 - longKept) / longScale;
  const shortGain = 1 / shortKept;
  const longGain = 1 / longKept;
  let short = numbers[evidence] ?? 0;
  let long = numbers[evidence + 1] ?? 0;
  for (let record = 0; record < length; record += 1) {
    const share = shares + (cells[record] ?? 0);
    const other = share + otherShare;
    const stake = (1 - RESERVE) * (odds[record] ?? 0);
    const shortShare = numbers[share] ?? 0;
    const longShare = numbers[other] ?? 0;
    short = (short + 1) * (shortShare * shortScale * stake + RESERVE);
    long = (long + 1) * (longShare * longScale * stake + RESERVE);
    // After the bets: a record that is learned first would be less of a surprise than it was.
    shortScale *= shortKept;
    longScale *= longKept;
    shortStep *= shortGain;
    longStep *= longGain;
    numbers[share] = shortShare + shortStep;
    numbers[other] = longShare + longStep;
  }
  numbers[scales] = shortScale;
  numbers[scales + 1] = longScale;
  numbers[evidence] = short;
  numbers[evidence + 1] = long;
  if (shortScale < SCALE_MIN) applyScales(numbers, bets);
}

function applyScales(numbers: number[], { cells, scales, shares }: LearningBets): void {
  const shortScale = numbers[scales] ?? 1;
  const longScale = numbers[scales + 1] ?? 1;
  for (let share = shares; share < shares + cells; share += 1) {
    numbers[share] = (numbers[share] ?? 0) * shortScale;
    numbers[share + cells] = (numbers[share + cells] ?? 0) * longScale;
  }
  numbers.fill(1, scales, scales + 2);
}
