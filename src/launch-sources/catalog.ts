import { APPSTREAM_APP_BLOCK_BUILDER } from './appstream-app-block-builder';
import { APPSTREAM_FLEET } from './appstream-fleet';
import { APPSTREAM_IMAGE_BUILDER } from './appstream-image-builder';
import { AUTO_SCALING_GROUP } from './auto-scaling-group';
import { BACKUP_RESTORE_TESTING } from './backup-restore-testing';
import { BATCH_COMPUTE_ENVIRONMENT } from './batch-compute-environment';
import { BEANSTALK_CONFIGURATION_TEMPLATE } from './beanstalk-configuration-template';
import { BEANSTALK_ENVIRONMENT } from './beanstalk-environment';
import { BEDROCK_CAPACITY_PROVIDER } from './bedrock-capacity-provider';
import { CLOUD9_ENVIRONMENT } from './cloud9-environment';
import { CODEBUILD_FLEET } from './codebuild-fleet';
import { CODEBUILD_PROJECT } from './codebuild-project';
import { DATA_PIPELINE } from './data-pipeline';
import { DEADLINE_FLEET } from './deadline-fleet';
import { DRS_LAUNCH_SETTINGS } from './drs-launch-settings';
import { DRS_REPLICATION_TEMPLATE } from './drs-replication-template';
import { EC2_FLEET } from './ec2-fleet';
import { ECS_CAPACITY_PROVIDER } from './ecs-capacity-provider';
import { EKS_CLUSTER } from './eks-cluster';
import { EKS_NODEGROUP } from './eks-nodegroup';
import { EMR_CLUSTER } from './emr-cluster';
import { EMR_SECURITY_CONFIGURATION } from './emr-security-configuration';
import { EVS_ENVIRONMENT } from './evs-environment';
import { GAMELIFT_CONTAINER_FLEET } from './gamelift-container-fleet';
import { GAMELIFT_FLEET } from './gamelift-fleet';
import { GAMELIFT_GAME_SERVER_GROUP } from './gamelift-game-server-group';
import { IMAGE_BUILDER_DISTRIBUTION } from './image-builder-distribution';
import { IMAGE_BUILDER_INFRASTRUCTURE } from './image-builder-infrastructure';
import { INSTANCE } from './instance';
import { LAMBDA_CAPACITY_PROVIDER } from './lambda-capacity-provider';
import { LAUNCH_CONFIGURATION } from './launch-configuration';
import type { LaunchSourceType } from './launch-source';
import { LAUNCH_TEMPLATE } from './launch-template';
import { LAUNCH_WIZARD_DEPLOYMENT } from './launch-wizard-deployment';
import { LIGHTSAIL_INSTANCE } from './lightsail-instance';
import { MGN_LAUNCH_SETTINGS } from './mgn-launch-settings';
import { MGN_REPLICATION_TEMPLATE } from './mgn-replication-template';
import { OPSWORKS_CM_SERVER } from './opsworks-cm-server';
import { OPSWORKS_INSTANCE } from './opsworks-instance';
import { PCS_COMPUTE_NODE_GROUP } from './pcs-compute-node-group';
import { RDS_CUSTOM_INSTANCE } from './rds-custom-instance';
import { SAGEMAKER_CLUSTER } from './sagemaker-cluster';
import { SAGEMAKER_NOTEBOOK_INSTANCE } from './sagemaker-notebook-instance';
import { SPOT_FLEET } from './spot-fleet';
import { WORKSPACES_INSTANCE } from './workspaces-instance';
import { WORKSPACES_POOL } from './workspaces-pool';
import { WORKSPACES_WORKSPACE } from './workspaces-workspace';

/** Every CloudFormation type the library knows, one file each. */
export const CATALOG: ReadonlyMap<string, LaunchSourceType> = new Map([
  INSTANCE,
  LAUNCH_TEMPLATE,
  AUTO_SCALING_GROUP,
  LAUNCH_CONFIGURATION,
  EC2_FLEET,
  SPOT_FLEET,
  EKS_NODEGROUP,
  EKS_CLUSTER,
  BATCH_COMPUTE_ENVIRONMENT,
  ECS_CAPACITY_PROVIDER,
  PCS_COMPUTE_NODE_GROUP,
  GAMELIFT_GAME_SERVER_GROUP,
  IMAGE_BUILDER_INFRASTRUCTURE,
  IMAGE_BUILDER_DISTRIBUTION,
  SAGEMAKER_NOTEBOOK_INSTANCE,
  BEANSTALK_ENVIRONMENT,
  BEANSTALK_CONFIGURATION_TEMPLATE,
  APPSTREAM_FLEET,
  APPSTREAM_IMAGE_BUILDER,
  APPSTREAM_APP_BLOCK_BUILDER,
  EMR_CLUSTER,
  EMR_SECURITY_CONFIGURATION,
  WORKSPACES_INSTANCE,
  WORKSPACES_WORKSPACE,
  WORKSPACES_POOL,
  CLOUD9_ENVIRONMENT,
  LIGHTSAIL_INSTANCE,
  LAMBDA_CAPACITY_PROVIDER,
  CODEBUILD_FLEET,
  DEADLINE_FLEET,
  GAMELIFT_FLEET,
  GAMELIFT_CONTAINER_FLEET,
  EVS_ENVIRONMENT,
  BEDROCK_CAPACITY_PROVIDER,
  SAGEMAKER_CLUSTER,
  MGN_REPLICATION_TEMPLATE,
  MGN_LAUNCH_SETTINGS,
  DRS_REPLICATION_TEMPLATE,
  DRS_LAUNCH_SETTINGS,
  BACKUP_RESTORE_TESTING,
  RDS_CUSTOM_INSTANCE,
  CODEBUILD_PROJECT,
  LAUNCH_WIZARD_DEPLOYMENT,
  DATA_PIPELINE,
  OPSWORKS_INSTANCE,
  OPSWORKS_CM_SERVER,
].map((source) => [source.type, source]));
