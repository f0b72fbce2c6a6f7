import { Construct } from 'constructs';
import { accountRole } from './account-role';
import { changePermissions } from './change-permissions';
import { changeRoleOf, writerOf } from '../private/fleet-roles';

/**
 * Properties of `Imdsv2FleetChangeRole`.
 */
export interface Imdsv2FleetChangeRoleProps {
  /**
   * The account of the `Imdsv2FleetRollout`, 12 digits. Anything else throws.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html
   */
  readonly trustedAccount: string;

  /**
   * The name that `FleetAccounts` is given, and the `Imdsv2FleetInspectionRole` beside this one; this role has it with `-change` behind
   * it. Letters, digits and `+=,.@_-`, at most 57 characters; anything else throws.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
   */
  readonly roleName: string;

  /**
   * Whether the instances of Auto Scaling groups may be replaced, which `FleetGroups.instanceRefresh` needs.
   *
   * @default false
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
   */
  readonly instanceRefresh?: boolean;
}

/**
 * The role by which an `Imdsv2FleetRollout` in another account changes the instances, launch templates and groups of this one, where it is no dry run. An account
 * without it is inspected, and nothing in it is changed.
 *
 * It has a name of its own and needs no asset, so that a stack with it alone can be rolled out by a StackSet. It trusts one
 * role, `<roleName>-writer` of the trusted account.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2FleetChangeRole(stack, 'Change', { trustedAccount: '111122223333', roleName: 'imdsv2-inspection' });
 */
export class Imdsv2FleetChangeRole extends Construct {
  /** The role. */
  public readonly roleArn: string;

  /**
   * @param scope where it is defined; its stack is deployed to the account that is changed
   * @param id its name among its siblings
   * @param props the name of the role, and whom it trusts
   */
  constructor(scope: Construct, id: string, props: Imdsv2FleetChangeRoleProps) {
    super(scope, id);
    this.roleArn = accountRole(this, props, {
      nameOf: changeRoleOf, trusts: writerOf, description: 'cdk-imdsv2 makes instances require IMDSv2', statements: changePermissions(props.instanceRefresh ?? false),
    });
  }
}
