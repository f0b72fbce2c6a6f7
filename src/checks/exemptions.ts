import type { IConstruct } from 'constructs';
import type { CheckedApp } from './checked-app';
import { Severity } from './rules/check-rule';
import type { Reported } from './violation';
import { daysLeft, LET_PASS, NOTICE_DAYS, whoseOf } from '../private/exemption';
import { Ledger, type ScopedExemption } from '../private/ledger';
import { Rule } from '../private/rules';
import { nameOf } from '../private/settings';

/** What there is to say of the exemptions of an app today. */
export function exemptionFindings(app: CheckedApp, root: IConstruct, now: Date): Reported[] {
  return Ledger.of(root).exemptions.flatMap((exemption): Reported[] => {
    const { scope } = exemption;
    const base = { rule: Rule.EXEMPTION, construct: scope, path: scope.node.path, template: app.templateOf(scope) };
    const left = daysLeft(exemption, now);
    if (left < 0) return [{ ...base, ...expired(exemption, -left) }];
    if (app.isClean(scope)) return [{ ...base, ...idle(exemption) }];
    return left <= NOTICE_DAYS ? [{ ...base, ...ending(exemption, left) }] : [];
  });
}

type Said = Pick<Reported, 'severity' | 'problem' | 'fix'>;

function expired(exemption: ScopedExemption, daysAgo: number): Said {
  const { scope, until } = exemption;
  const passes = letsPass(scope);
  return {
    severity: passes ? Severity.WARNING : 'fatal',
    problem: `${described(exemption)} ended ${counted(daysAgo)} ago${passes ? `, and ${LET_PASS}=warn lets it pass this time` : ''}`,
    fix: `remove it, so that ${nameOf(scope)} is made to require tokens; or agree on a new end and write it as until instead of '${until}'; `
      + `one deployment that cannot wait: cdk deploy -c ${LET_PASS}=warn`,
  };
}

function ending(exemption: ScopedExemption, left: number): Said {
  return {
    severity: Severity.WARNING,
    problem: `${described(exemption)} ends ${left === 0 ? 'today' : `in ${counted(left)}`}; after that synthesis fails`,
    fix: `make ${nameOf(exemption.scope)} ready for IMDSv2 and remove it, or agree on a new end`,
  };
}

function idle(exemption: ScopedExemption): Said {
  return {
    severity: Severity.WARNING,
    problem: `${described(exemption)} exempts nothing: no rule finds anything there`,
    fix: 'remove it, or add it where what it is about is defined',
  };
}

function described(exemption: ScopedExemption): string {
  const whose = whoseOf(exemption);
  return `the exemption of ${nameOf(exemption.scope)} until ${exemption.until} (${exemption.reason}${whose && `; ${whose}`})`;
}

/** Throws where the context says anything else. */
export function letsPass(scope: IConstruct): boolean {
  const said: unknown = scope.node.tryGetContext(LET_PASS);
  if (said !== undefined && said !== 'warn') throw new Error(`got '${said}' as context ${LET_PASS}, expected 'warn' or nothing: write ${LET_PASS}=warn`);
  return said === 'warn';
}

function counted(days: number): string {
  return `${days} day${days === 1 ? '' : 's'}`;
}
