/**
 * How many instances are changed before the fleet is watched again.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
 */
export class Wave {
  /**
   * So many instances, or all that are left where there are fewer.
   *
   * @param count a whole number of instances, at least 1. Anything else throws.
   */
  public static instances(count: number): Wave {
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`a wave has no size: got ${count} instances, expected a whole number from 1 on, as in Wave.instances(5)`);
    }
    return new Wave(count, undefined);
  }

  /**
   * So many percent of all instances that the run changes, rounded up; or all that are left where there are fewer.
   *
   * @param percent above 0 and at most 100. Anything else throws.
   */
  public static percent(percent: number): Wave {
    if (!(typeof percent === 'number' && percent > 0 && percent <= 100)) throw new Error(`a wave has no size: got ${percent} percent, expected more than 0 and at most 100, as in Wave.percent(25)`);
    return new Wave(undefined, percent);
  }

  /**
   * All that are left. Only the last wave can be this one.
   */
  public static remaining(): Wave {
    return new Wave(undefined, undefined);
  }

  /** @internal */
  public readonly _instances?: number;

  /** @internal */
  public readonly _percent?: number;

  private constructor(instances: number | undefined, percent: number | undefined) {
    this._instances = instances;
    this._percent = percent;
  }
}
