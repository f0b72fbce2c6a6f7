import { APPSTREAM_APP_BLOCK_BUILDER } from './appstream-app-block-builder';
import { APPSTREAM_FLEET } from './appstream-fleet';
import { APPSTREAM_IMAGE_BUILDER } from './appstream-image-builder';
import { AUTO_SCALING_GROUP } from './auto-scaling-group';
import { AWS_CUSTOM_RESOURCE, isCustomResource } from './aws-custom-resource';
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
import { EKS_HELM_CHART } from './eks-helm-chart';
import { EKS_KUBERNETES_RESOURCE } from './eks-kubernetes-resource';
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
import type { LaunchSourceType, SourceResource } from './launch-source';
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
import { SERVERLESS_CAPACITY_PROVIDER } from './serverless-capacity-provider';
import { SERVERLESS_STATE_MACHINE } from './serverless-state-machine';
import { SPOT_FLEET } from './spot-fleet';
import { STEP_FUNCTIONS_STATE_MACHINE } from './step-functions-state-machine';
import { WORKSPACES_INSTANCE } from './workspaces-instance';
import { WORKSPACES_POOL } from './workspaces-pool';
import { WORKSPACES_WORKSPACE } from './workspaces-workspace';
import { isStruct, outcomesOf, type Json } from '../private/json';

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
  SERVERLESS_CAPACITY_PROVIDER,
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
  AWS_CUSTOM_RESOURCE,
  STEP_FUNCTIONS_STATE_MACHINE,
  SERVERLESS_STATE_MACHINE,
  EKS_KUBERNETES_RESOURCE,
  EKS_HELM_CHART,
].map((source) => [source.type, source]));

/** The entry of a type: the author of an `AwsCustomResource` may have given it any that custom resources can have. */
export function launchSourceOf(type: Json): LaunchSourceType | undefined {
  return typeof type === 'string' ? CATALOG.get(type) ?? (isCustomResource(type) ? AWS_CUSTOM_RESOURCE : undefined) : undefined;
}

/** Whether a resource could launch by a text, and none of its texts does, as those of most custom resources and state machines. */
export function isIdle({ Type: type, Properties: properties }: SourceResource): boolean {
  const source = launchSourceOf(type);
  return source?.embedded !== undefined && !(isStruct(properties) && source.launches!(properties, outcomesOf));
}
