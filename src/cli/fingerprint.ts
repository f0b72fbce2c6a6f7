import { createHash } from 'crypto';
import type { ReportedFinding } from './report';

/** The same for a finding wherever its lines move: rule, template, name and path. */
export function fingerprintOf({ rule, template, name, path }: ReportedFinding): string {
  return createHash('sha256').update([rule, template, name, path].join('\0')).digest('hex').slice(0, 32);
}

/** One fingerprint for each finding; a script with two calls has two findings of one place, told apart by a number. */
export function fingerprintsOf(findings: readonly ReportedFinding[]): string[] {
  const times = new Map<string, number>();
  return findings.map((finding) => {
    const fingerprint = fingerprintOf(finding);
    const time = (times.get(fingerprint) ?? 0) + 1;
    times.set(fingerprint, time);
    return `${fingerprint}:${time}`;
  });
}
