import { Construct } from 'constructs';
import { accountRole } from './account-role';
import { inspectionPermissions } from './inspection-permissions';
import { readerOf } from '../private/fleet-roles';

/**
 * Properties of `Imdsv2FleetInspectionRole`.
 */
export interface Imdsv2FleetInspectionRoleProps {
  /**
   * The account of the `Imdsv2FleetRollout`, 12 digits. Anything else throws.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html
   */
  readonly trustedAccount: string;

  /**
   * The name of the role, the one that `FleetAccounts` is given. Letters, digits and `+=,.@_-`, at most 57 characters;
   * anything else throws.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
   */
  readonly roleName: string;
}

/**
 * The role by which an `Imdsv2FleetRollout` in another account reads this one: it may change nothing.
 *
 * It has a name of its own and needs no asset, so that a stack with it alone can be rolled out by a StackSet. It trusts one
 * role, `<roleName>-reader` of the trusted account. Reading includes launch templates and launch configurations, and so the
 * user data in them.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2FleetInspectionRole(stack, 'Inspection', { trustedAccount: '111122223333', roleName: 'imdsv2-inspection' });
 */
export class Imdsv2FleetInspectionRole extends Construct {
  /** The role. */
  public readonly roleArn: string;

  /**
   * @param scope where it is defined; its stack is deployed to the account that is read
   * @param id its name among its siblings
   * @param props the name of the role, and whom it trusts
   */
  constructor(scope: Construct, id: string, props: Imdsv2FleetInspectionRoleProps) {
    super(scope, id);
    this.roleArn = accountRole(this, props, {
      nameOf: (name) => name, trusts: readerOf, description: 'cdk-imdsv2 reads which instances allow IMDSv1', statements: inspectionPermissions(),
    });
  }
}
