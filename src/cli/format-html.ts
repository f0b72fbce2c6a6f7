import type { Scan } from './formats';
import { page } from './html/page';
import type { Report } from './report';

/** One self-contained page: it opens from a mail or a disk, and asks no network for anything. */
export function formatHtml(report: Report, scan?: Scan): string {
  return page(report, scan).text;
}
