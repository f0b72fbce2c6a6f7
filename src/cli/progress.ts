import * as path from 'path';
import type { Output } from './io';

/** Nobody waits for less. */
const PATIENCE = 1000;
const INTERVAL = 100;
const CLEAR = '\r\u001b[K';

/** Says on a terminal what is being read, once it takes a while. */
export class Progress {
  private next = Date.now() + PATIENCE;
  private files = 0;
  private shown = false;

  constructor(private readonly stderr: Output) {}

  public at(file: string): void {
    this.files++;
    if (!this.stderr.isTTY || Date.now() < this.next) return;
    this.next = Date.now() + INTERVAL;
    this.shown = true;
    this.stderr.write(`${CLEAR}reading file ${this.files}: ${path.basename(file).slice(0, 50)}`);
  }

  public done(): void {
    if (this.shown) this.stderr.write(CLEAR);
  }
}
