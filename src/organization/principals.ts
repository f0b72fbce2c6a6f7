import { Token } from 'aws-cdk-lib';

/** What `aws:PrincipalArn` can be: never the ARN of a session. */
const PRINCIPAL = /^arn:[\w*?-]+:iam::([\d*?]+):(?:root|(?:role|user)\/([^\s:]+))$/;

/** @throws if something is not the ARN of a principal, with or without wildcards, or stands for everybody */
export function checkPrincipals(prop: string, patterns: readonly string[] = []): void {
  for (const pattern of patterns) {
    if (Token.isUnresolved(pattern)) continue;
    const [, account, name] = PRINCIPAL.exec(pattern) ?? [];
    if (account === undefined) {
      throw new Error(`${prop} names something that is not a principal: got ${JSON.stringify(pattern)}, expected the ARN of a role or user, `
        + `such as arn:aws:iam::*:role/NAME${pattern.includes(':assumed-role/') ? '; a session is named by its role' : ''}`);
    }
    if (/^[*?]+$/.test(account) && name && /^[*?/]+$/.test(name)) {
      throw new Error(`${prop} names everybody: got ${JSON.stringify(pattern)}, expected the name of a role or user, `
        + 'such as arn:aws:iam::*:role/NAME; to leave out an account, do not attach the policy to it');
    }
  }
}
