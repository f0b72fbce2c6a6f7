import { resolve } from 'path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Built by `projenrc/bundle-functions.ts`; the same folder seen from `src` and from `lib`. */
const BUNDLE = resolve(__dirname, '../../lib/fleet/functions');

/** What Lambda gives a function at most. */
const TIMEOUT = Duration.minutes(15);

/** A role for functions, which may do nothing yet. */
export function functionRole(scope: Construct, id: string, roleName?: string): Role {
  return new Role(scope, id, { roleName, assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
}

/** @param name one of the handlers of `functions.lambda.ts` */
export function fleetFunction(scope: Construct, name: string, role: Role, memorySize: number): LambdaFunction {
  const id = `${name[0].toUpperCase()}${name.slice(1)}`;
  const logGroup = new LogGroup(scope, `${id}Log`, { retention: RetentionDays.THREE_MONTHS });
  logGroup.grantWrite(role);
  return new LambdaFunction(scope, id, {
    description: `cdk-imdsv2: ${name} of the fleet, ${Stack.of(scope).stackName}`,
    code: Code.fromAsset(BUNDLE),
    handler: `index.${name}`,
    runtime: Runtime.NODEJS_24_X,
    memorySize,
    timeout: TIMEOUT,
    role,
    logGroup,
  });
}
