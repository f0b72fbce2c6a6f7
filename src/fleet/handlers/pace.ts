/** Lets pass so many a second, evenly: what EC2 would let through in a burst is left to others. */
export class Pace {
  private next = 0;

  /** @param check throws where nothing may be changed any more: a function goes on when its execution is stopped */
  constructor(private readonly perSecond: number, private readonly check: () => Promise<void>) {}

  public async turn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.next);
    this.next = at + 1000 / this.perSecond;
    if (at > now) await pause(at - now);
    await this.check();
  }
}

/** How many changes a part has, of at most so many: as many as are made in three minutes, so that a call ends in its time however slow it is to be. */
export function partSize(perSecond: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(perSecond * 180)));
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((wake) => setTimeout(wake, milliseconds));
}
