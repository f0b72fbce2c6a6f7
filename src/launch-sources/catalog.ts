import { AUTO_SCALING_GROUP } from './auto-scaling-group';
import { BATCH_COMPUTE_ENVIRONMENT } from './batch-compute-environment';
import { EC2_FLEET } from './ec2-fleet';
import { ECS_CAPACITY_PROVIDER } from './ecs-capacity-provider';
import { EKS_NODEGROUP } from './eks-nodegroup';
import { INSTANCE } from './instance';
import { LAUNCH_CONFIGURATION } from './launch-configuration';
import type { LaunchSourceType } from './launch-source';
import { LAUNCH_TEMPLATE } from './launch-template';
import { SPOT_FLEET } from './spot-fleet';

/** Every CloudFormation type the library knows, one file each. */
export const CATALOG: ReadonlyMap<string, LaunchSourceType> = new Map([
  INSTANCE,
  LAUNCH_TEMPLATE,
  AUTO_SCALING_GROUP,
  LAUNCH_CONFIGURATION,
  EC2_FLEET,
  SPOT_FLEET,
  EKS_NODEGROUP,
  BATCH_COMPUTE_ENVIRONMENT,
  ECS_CAPACITY_PROVIDER,
].map((source) => [source.type, source]));
