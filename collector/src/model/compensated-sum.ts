/** What rounding took from `sum + value` when it gave the finite `total`. */
export function roundingLoss(sum: number, value: number, total: number): number {
  return Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
}

/**
 * Neumaier's compensated sum, the way Prometheus adds: the error of each addition is kept and
 * added at the end. An infinite sum has no error worth keeping.
 *
 * Hot loops read and write the two fields directly.
 */
export class CompensatedSum {
  sum: number;
  compensation: number;

  constructor(sum = 0, compensation = 0) {
    this.sum = sum;
    this.compensation = compensation;
  }

  add(value: number): void {
    const { sum } = this;
    const total = sum + value;
    if (total === Infinity || total === -Infinity) this.compensation = 0;
    else this.compensation += roundingLoss(sum, value, total);
    this.sum = total;
  }

  get total(): number {
    return this.sum + this.compensation;
  }
}
