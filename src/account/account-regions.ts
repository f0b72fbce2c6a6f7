import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The regions of an account in which its defaults are set or checked; each region has its own.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
 */
export class AccountRegions {
  /**
   * Every region that the account has enabled when it is deployed.
   *
   * A region that is enabled later is reached by the next deployment that changes a prop. What may be called in which
   * region cannot be restricted in the permissions of the function then.
   */
  public static allEnabled(): AccountRegions {
    return new AccountRegions(undefined);
  }

  /**
   * Exactly these regions.
   *
   * @param regions names such as `eu-west-1`, each once. Anything else throws.
   */
  public static of(regions: string[]): AccountRegions {
    for (const [i, region] of regions.entries()) {
      if (Token.isUnresolved(region) || !/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region)) {
        throw new Error(`a region is not a name: got ${Token.isUnresolved(region) ? 'a token' : JSON.stringify(region)}, `
          + "expected names that are known at synthesis, as in AccountRegions.of(['eu-west-1'])");
      }
      if (regions.indexOf(region) < i) throw new Error(`a region is named twice: got ${region} again, expected each region once; remove one of them`);
    }
    if (regions.length === 0) {
      throw new Error("no region is named: got an empty list, expected at least one, as in AccountRegions.of(['eu-west-1']), or AccountRegions.allEnabled()");
    }
    return new AccountRegions([...regions]);
  }

  /**
   * The names of those that a construct asks for, the region of its stack where it names none; undefined for all that are enabled.
   *
   * @internal
   */
  public static _askedBy(scope: Construct, regions: AccountRegions | undefined): readonly string[] | undefined {
    if (regions === undefined) return [Stack.of(scope).region];
    // A plain list has no names, which would stand for every region.
    if (regions !== null && '_names' in Object(regions)) return regions._names;
    throw new Error(`'${scope.node.path}' has regions that are no AccountRegions: got ${JSON.stringify(regions)}, `
      + "expected AccountRegions.of(['eu-west-1']) or AccountRegions.allEnabled()");
  }

  /**
   * Undefined for all that are enabled.
   *
   * @internal
   */
  public readonly _names?: readonly string[];

  private constructor(names: readonly string[] | undefined) {
    this._names = names;
  }
}
