/** Lets pass so many a second, evenly: what EC2 would let through in a burst is left to others. */
export class Pace {
  private next = 0;

  constructor(private readonly perSecond: number) {}

  public async turn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(now, this.next);
    this.next = at + 1000 / this.perSecond;
    if (at > now) await pause(at - now);
  }
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((wake) => setTimeout(wake, milliseconds));
}
