/** One line of a graph; the last value is the latest. */
export interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

export const DAYS = 14;

/** Four points a day. */
const POINTS = DAYS * 4 + 1;

/** The day on which the group `web` is flipped. */
const FLIP = 9;

/** Made-up data of two weeks, by the title of the widget that shows it. */
export function shown(title: string): readonly Line[] {
  const lines = DATA[title];
  if (!lines) throw new Error(`no data is made up for the widget '${title}': got none, expected one of ${Object.keys(DATA).join(', ')}`);
  return lines;
}

const line = (name: string, value: (day: number, point: number) => number): Line => (
  { name, values: Array.from({ length: POINTS }, (_, point) => Math.max(0, Math.round(value(point / 4, point)))) }
);

/** Busy by day, and the same on every run. */
const tide = (point: number, low: number, high: number) => [low, high * 0.8, high, low * 1.5][point % 4] + (point * 7) % 5;

const web = (day: number, point: number) => (day < FLIP ? tide(point, 14, 34) : 0);
const batch = (_: number, point: number) => (point % 4 === 3 ? 12 : 0);
const api = (day: number, point: number) => (day < 5 ? tide(point, 5, 12) : 0);
const rejected = (day: number, point: number) => (day >= FLIP && day < FLIP + 2 ? 6 + (point * 3) % 4 : 0);

const DATA: { readonly [title: string]: readonly Line[] } = {
  'Answered, all instances': [line('answered', () => 12)],
  'Rejected, all instances': [line('rejected', () => 0)],
  'Answered version 1, by Auto Scaling group': [line('web', web), line('api', api), line('batch', batch)],
  'Answered version 1, by instance': [
    line('i-0a41c7…', (day, point) => web(day, point) * 0.6), line('i-07be92…', (day, point) => web(day, point) * 0.4), line('i-0d3356…', batch),
  ],
  'Rejected version 1, by Auto Scaling group': [line('web', rejected)],
  'Rejected version 1, by instance': [line('i-0a41c7…', rejected)],
  'Instances that allow version 1, of the inventory': [
    line('allow version 1', (day) => 48 - 5 * Math.min(Math.floor(day), 5) - (day >= FLIP ? 18 : 0)), line('accounts and regions that were not inspected', () => 0),
  ],
};
