/**
 * How many network hops the response of the metadata service's token request may travel.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
 */
export class HopLimit {
  /** One hop: processes on the host itself, no container behind a bridge network. */
  public static readonly HOST = new HopLimit(1);

  /** Two hops: containers behind a bridge network too, as ECS, EKS and Batch hosts need. */
  public static readonly CONTAINERS = new HopLimit(2);

  /**
   * Any number of hops that EC2 allows; overlay networks may need 3.
   *
   * @param hops a whole number from 1 to 64. Anything else throws.
   */
  public static of(hops: number): HopLimit {
    if (typeof hops !== 'number' || !Number.isInteger(hops) || hops < 1 || hops > 64) {
      throw new Error(`the hop limit is out of range: got ${String(hops)}, expected a whole number from 1 to 64, `
        + 'such as HopLimit.HOST (1) or HopLimit.CONTAINERS (2)');
    }
    return new HopLimit(hops);
  }

  /** The number of hops, from 1 to 64. */
  public readonly hops: number;

  private constructor(hops: number) {
    this.hops = hops;
  }
}
