/** Where things stand on a chart: pure. Values are numbers of any unit; pixels belong to the picture. */

export interface Scale {
  low: number;
  high: number;
  ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10, 20, 25, 50];

/** Round marks that hold all values and nought, `most` of them or fewer. */
export function scaleOf(values: readonly number[], most = 5): Scale {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  if (low === high) return { low: 0, high: 1, ticks: [0, 1] };
  const rough = (high - low) / (most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const step of STEPS.map((one) => one * power).filter((one) => one >= rough * (1 - 1e-9))) {
    const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
    if (last - first >= most) continue; // Nought in the middle can cost a mark more.
    const ticks = Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
    return { low: ticks[0]!, high: ticks.at(-1)!, ticks };
  }
  return { low, high, ticks: [low, high] };
}

/** Where a value stands between the lowest mark (0) and the highest (1). */
export const share = ({ low, high }: Scale, value: number): number => (value - low) / (high - low);

/** Which of `n` labels are written so that at most `most` are: the first, and then every so many. */
export const written = (n: number, most: number): ((place: number) => boolean) => {
  const every = Math.max(1, Math.ceil(n / most));
  return (place) => place % every === 0;
};
