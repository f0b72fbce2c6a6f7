import { resolve } from 'path';
import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Built by `projenrc/bundle-functions.ts`; the same folder seen from `src` and from `lib`. */
const BUNDLE = resolve(__dirname, '../../lib/account/functions');

/** How long a call may take before CloudFormation gives up: three attempts of the function, and the pauses between them. */
export const SERVICE_TIMEOUT = Duration.minutes(20);

const TIMEOUT = Duration.minutes(5);

/**
 * The function of a capability, one for each stack: it answers CloudFormation itself, so that there is no second function
 * that may call it. Its role may write its own log and nothing else until `permit` says so.
 *
 * @param name one of the handlers of `functions.lambda.ts`
 */
export function accountFunction(scope: Construct, name: string): LambdaFunction {
  const stack = Stack.of(scope);
  const id = `Imdsv2${name[0].toUpperCase()}${name.slice(1)}Function`;
  const existing = stack.node.tryFindChild(id);
  if (existing) return existing as LambdaFunction;
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  // What happened to an account must be there to read after its stack is gone.
  const logGroup = new LogGroup(stack, `${id}Log`, { retention: RetentionDays.THREE_MONTHS });
  logGroup.grantWrite(role);
  return new LambdaFunction(stack, id, {
    description: `cdk-imdsv2: ${name} of ${stack.stackName}`,
    code: Code.fromAsset(BUNDLE),
    handler: `index.${name}`,
    runtime: Runtime.NODEJS_24_X,
    memorySize: 256,
    timeout: TIMEOUT,
    role,
    logGroup,
  });
}

/** The function that moves default versions. @throws where the stack cannot have assets */
export function defaultVersionFunction(scope: Construct): LambdaFunction {
  return accountFunction(scope, 'launchTemplateDefaultVersion');
}

/** What a statement may do, and where. */
export interface Permission {
  readonly actions: readonly string[];
  /** All resources where the actions know none. */
  readonly resources?: readonly string[];
  readonly conditions?: { readonly [operator: string]: object };
}

/**
 * A policy of its own for each construct. Its id says what it allows, so that a change makes another one: CloudFormation
 * removes the earlier one last, and an update can still put back what it lets go of.
 */
export function permit(scope: Construct, handler: LambdaFunction, id: string, permissions: readonly Permission[]): Policy {
  return new Policy(scope, id, { roles: [handler.role!], statements: permissions.map(statementOf) });
}

/** What all constructs of a function share: said once, because the inline policies of a role together have 10,240 characters. */
export function permitOnce(handler: LambdaFunction, permission: Permission): void {
  handler.addToRolePolicy(statementOf(permission));
}

function statementOf({ actions, resources = ['*'], conditions }: Permission): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });
}

/** Restricts actions to regions; an undefined list stands for all of them. */
export function inRegions(regions: readonly string[] | undefined): Permission['conditions'] {
  return regions && { StringEquals: { 'aws:RequestedRegion': regions.length === 1 ? regions[0] : [...regions] } };
}

/** Lists the regions that are enabled; needed where none are named. */
export const DESCRIBE_REGIONS: Permission = {
  actions: ['ec2:DescribeRegions'], conditions: { StringEquals: { 'aws:RequestedRegion': Aws.REGION } },
};
