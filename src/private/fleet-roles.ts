import { Token } from 'aws-cdk-lib';

/** The role of the run that assumes the roles of the accounts: they trust it by its name. */
export function readerOf(roleName: string): string {
  return `${roleName}-reader`;
}

/** The role of an account that may change it. */
export function changeRoleOf(roleName: string): string {
  return `${roleName}-change`;
}

/** The role of the run that assumes those. */
export function writerOf(roleName: string): string {
  return `${roleName}-writer`;
}

/** @throws for a name that IAM would not take, with `-reader` behind it */
export function validRoleName(roleName: string): string {
  if (typeof roleName !== 'string' || Token.isUnresolved(roleName) || !/^[\w+=,.@-]{1,57}$/.test(roleName)) {
    throw new Error(`a roleName is none: got ${Token.isUnresolved(roleName) ? 'a token' : JSON.stringify(roleName)}, `
      + 'expected 1 to 57 letters, digits and +=,.@_- that are known at synthesis, such as imdsv2-inspection');
  }
  return roleName;
}
