/** Lanczos' approximation with g = 7 and nine coefficients (Godfrey), good to 15 digits. */
const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
const EPSILON = 1e-16;
const ITERATIONS_MAX = 10_000;
/** Smallest denominator of a continued fraction, in place of 0 (Lentz). */
const TINY = 1e-300;

/** Natural logarithm of the gamma function for `x > 0`. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  // Stirling's series is exact to double precision from here on and does not lose digits near 1e6.
  if (x > 50) return stirling(x);
  const z = x - 1;
  let sum = LANCZOS[0] ?? 0;
  for (let index = 1; index < LANCZOS.length; index += 1)
    sum += (LANCZOS[index] ?? 0) / (z + index);
  const t = z + 7.5;
  return HALF_LOG_TWO_PI + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

function stirling(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + series;
}

/** Regularized lower incomplete gamma function P(a, x). */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

/** Regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x), exact in its tail. */
export function gammaQ(a: number, x: number): number {
  if (x <= 0) return 1;
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

const gammaScale = (a: number, x: number): number => Math.exp(a * Math.log(x) - x - logGamma(a));

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < ITERATIONS_MAX && term > sum * EPSILON; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * gammaScale(a, x);
}

/** The continued fraction of Q(a, x) by Lentz' method. */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < ITERATIONS_MAX; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    c = b + an / c;
    if (Math.abs(c) < TINY) c = TINY;
    const step = c * d;
    h *= step;
    if (Math.abs(step - 1) < EPSILON) break;
  }
  return h * gammaScale(a, x);
}

/** P(X > x) of a chi-squared variable with `degrees` degrees of freedom. */
export function chiSquareSurvival(x: number, degrees: number): number {
  return degrees <= 0 ? 1 : gammaQ(degrees / 2, x / 2);
}

/** The value that a chi-squared variable stays below with the given probability. */
export function chiSquareQuantile(probability: number, degrees: number): number {
  if (degrees <= 0 || probability <= 0) return 0;
  return invertIncreasing((x) => gammaP(degrees / 2, x / 2), probability);
}

/** Solves `f(x) = y` for an increasing `f` on x >= 0, by doubling and then bisection. */
function invertIncreasing(f: (x: number) => number, y: number): number {
  let high = 1;
  while (f(high) < y && high < 1e12) high *= 2;
  let low = 0;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (f(middle) < y) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Z > z) of a standard normal variable, exact in its tail. */
export function normalSurvival(z: number): number {
  const tail = gammaQ(0.5, (z * z) / 2) / 2;
  return z < 0 ? 1 - tail : tail;
}

/** The standard normal quantile. */
export function normalQuantile(probability: number): number {
  if (probability === 0.5) return 0;
  if (probability > 0.5) return -normalQuantile(1 - probability);
  // By the tail itself, which keeps its digits where its complement does not.
  return -invertIncreasing((z) => -normalSurvival(z), -probability);
}

/** P(K > x) of Kolmogorov's limit distribution. */
export function kolmogorovSurvival(x: number): number {
  if (x < 0.2) return 1;
  if (x < 1) return 1 - kolmogorovTheta(x);
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-18) break;
  }
  return 2 * sum;
}

/** The same distribution by its theta form, which converges where the alternating sum cancels. */
function kolmogorovTheta(x: number): number {
  let sum = 0;
  for (let k = 1; k <= 20; k += 1) {
    sum += Math.exp((-((2 * k - 1) ** 2) * Math.PI * Math.PI) / (8 * x * x));
  }
  return (Math.sqrt(2 * Math.PI) / x) * sum;
}
