import { Token } from 'aws-cdk-lib';
import { MOST_ACCOUNTS } from './assume-permissions';
import { validRoleName } from '../private/fleet-roles';

/**
 * How the accounts of a fleet are reached.
 */
export interface FleetAccountsOptions {
  /**
   * The name of the role that reads an account, the same in all of them: an `Imdsv2FleetInspectionRole` makes it.
   *
   * Letters, digits and `+=,.@_-`, at most 57 characters, because the role that assumes it has the same name with `-reader`.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
   */
  readonly roleName: string;
}

/**
 * The accounts whose running instances are looked at.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-api.html
 */
export class FleetAccounts {
  /**
   * The account of the stack alone, which needs no role of its own.
   */
  public static thisAccount(): FleetAccounts {
    return new FleetAccounts(undefined, undefined);
  }

  /**
   * All accounts that the organization has when a run begins, its management account and that of the stack among them, each
   * through a role in it. Those that are not active are listed as disabled.
   *
   * Works in the management account of the organization and in one that is a delegated administrator of any service. Elsewhere
   * the accounts cannot be listed, and the report says so and nothing else.
   *
   * @param options the role in each account. Throws for a name that IAM would not take.
   * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
   */
  public static organization(options: FleetAccountsOptions): FleetAccounts {
    return new FleetAccounts(undefined, validRoleName(options.roleName));
  }

  /**
   * Exactly these accounts, each through a role in it; the account of the stack, too, where it is one of them.
   *
   * @param accounts ids of 12 digits, each once, at most 3,800, which is what the policies of a role hold. Anything else throws.
   * @param options the role in each account. Throws for a name that IAM would not take.
   */
  public static of(accounts: string[], options: FleetAccountsOptions): FleetAccounts {
    for (const [i, account] of accounts.entries()) {
      if (Token.isUnresolved(account) || !/^\d{12}$/.test(account)) {
        throw new Error(`an account is not an id: got ${Token.isUnresolved(account) ? 'a token' : JSON.stringify(account)}, `
          + "expected 12 digits that are known at synthesis, as in FleetAccounts.of(['111122223333'], …)");
      }
      if (accounts.indexOf(account) < i) throw new Error(`an account is named twice: got ${account} again, expected each account once; remove one of them`);
    }
    if (accounts.length > MOST_ACCOUNTS) {
      throw new Error(`too many accounts are named: got ${accounts.length}, expected at most ${MOST_ACCOUNTS}, which is what the policies of a role hold; `
        + 'take FleetAccounts.organization(…), or several Imdsv2FleetRollout');
    }
    if (accounts.length === 0) {
      throw new Error("no account is named: got an empty list, expected at least one, as in FleetAccounts.of(['111122223333'], …), or FleetAccounts.thisAccount()");
    }
    return new FleetAccounts([...accounts], validRoleName(options.roleName));
  }

  /**
   * Undefined for the account of the stack alone, and for all of an organization.
   *
   * @internal
   */
  public readonly _ids?: readonly string[];

  /**
   * Undefined for the account of the stack alone.
   *
   * @internal
   */
  public readonly _roleName?: string;

  private constructor(ids: readonly string[] | undefined, roleName: string | undefined) {
    this._ids = ids;
    this._roleName = roleName;
  }

  /**
   * Which accounts a run asks; undefined for those that it has to ask the organization for.
   *
   * @internal
   */
  public _askedBy(ownAccount: string): readonly string[] | undefined {
    return this._ids ?? (this._roleName ? undefined : [ownAccount]);
  }
}
