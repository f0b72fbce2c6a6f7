import { either, NO_VALUE } from './templates';
import type { Json } from '../support';

const pipelineOf = (type: unknown) => ({ PipelineObjects: [{ Id: 'r', Name: 'r', Fields: [{ Key: 'type', StringValue: type }] }] });
const restoreTest = (requireImdsV2: unknown, ProtectedResourceType: unknown = 'EC2') => ({ ProtectedResourceType, RestoreMetadataOverrides: { requireImdsV2 } });

/** Resources for which a service launches instances, and their posture. */
export const SERVICE_CASES: Array<[type: string, properties: Json, posture: string | undefined, path?: string]> = [
  ['AWS::SageMaker::Cluster', {}, 'unsettable'],
  ['AWS::MGN::ReplicationConfigurationTemplate', {}, 'unsettable'],
  ['AWS::MGN::LaunchConfigurationTemplate', {}, 'unsettable'],
  ['AWS::DRS::ReplicationConfigurationTemplate', {}, 'unsettable'],
  ['AWS::DRS::LaunchConfigurationTemplate', {}, 'unsettable'],
  ['AWS::LaunchWizard::Deployment', {}, 'unsettable'],
  ['AWS::OpsWorksCM::Server', {}, 'unsettable'],
  ['AWS::WorkSpaces::Workspace', {}, 'unsettable'],
  ['AWS::WorkSpaces::WorkspacesPool', {}, 'unsettable'],
  ['AWS::RDS::DBInstance', {}, undefined],
  ['AWS::RDS::DBInstance', { CustomIAMInstanceProfile: NO_VALUE }, undefined],
  ['AWS::RDS::DBInstance', { CustomIAMInstanceProfile: 'AWSRDSCustomInstanceProfile' }, 'unsettable'],
  ['AWS::RDS::DBInstance', { CustomIAMInstanceProfile: { Ref: 'Profile' } }, 'unsettable'],
  ['AWS::RDS::DBInstance', { CustomIAMInstanceProfile: either(NO_VALUE, 'AWSRDSCustomInstanceProfile') }, 'unsettable'],
  ['AWS::CodeBuild::Project', { Environment: { Type: 'LINUX_CONTAINER' } }, undefined],
  ['AWS::CodeBuild::Project', { Environment: { Type: 'LINUX_EC2' } }, 'unsettable'],
  ['AWS::CodeBuild::Project', { Environment: { Type: either('LINUX_CONTAINER', 'ARM_EC2') } }, 'unsettable'],
  ['AWS::CodeBuild::Project', { Environment: either({ Type: 'LINUX_CONTAINER' }, { Type: 'WINDOWS_EC2' }) }, 'unsettable'],
  ['AWS::CodeBuild::Project', { Environment: { Type: 'LINUX_EC2', Fleet: { FleetArn: 'arn' } } }, undefined],
  ['AWS::CodeBuild::Project', { Environment: { Type: 'LINUX_EC2', Fleet: either({ FleetArn: 'arn' }, NO_VALUE) } }, 'unsettable'],
  ['AWS::DataPipeline::Pipeline', {}, undefined],
  ['AWS::DataPipeline::Pipeline', pipelineOf('ShellCommandActivity'), undefined],
  ['AWS::DataPipeline::Pipeline', pipelineOf('Ec2Resource'), 'unsettable'],
  ['AWS::DataPipeline::Pipeline', pipelineOf('EmrCluster'), 'unsettable'],
  ['AWS::DataPipeline::Pipeline', pipelineOf(either('Ec2Resource', NO_VALUE)), 'unsettable'],
  ['AWS::DataPipeline::Pipeline', { PipelineObjects: [{ Fields: [{ Key: 'type', RefValue: 'Ec2Resource' }, { Key: 'runsOn', StringValue: 'Ec2Resource' }] }] }, undefined],
  ['AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'EC2' }, undefined],
  ['AWS::Backup::RestoreTestingSelection', restoreTest('true'), undefined],
  ['AWS::Backup::RestoreTestingSelection', restoreTest(NO_VALUE), undefined],
  ['AWS::Backup::RestoreTestingSelection', restoreTest('false'), 'optional', 'Properties.RestoreMetadataOverrides.requireImdsV2'],
  ['AWS::Backup::RestoreTestingSelection', restoreTest('false', 'EBS'), undefined],
  ['AWS::Backup::RestoreTestingSelection', restoreTest('false', { 'Fn::ImportValue': 'type' }), 'optional'],
  ['AWS::Backup::RestoreTestingSelection', restoreTest(either('true', 'FALSE')), 'optional'],
  ['AWS::Backup::RestoreTestingSelection', restoreTest({ 'Fn::ImportValue': 'tokens' }), 'unsettable'],
  ['AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'EC2', RestoreMetadataOverrides: { REQUIREIMDSV2: 'false' } }, 'optional'],
  ['AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'EC2', RestoreMetadataOverrides: { 'Fn::ImportValue': 'overrides' } }, 'unsettable'],
  ['AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'EC2', RestoreMetadataOverrides: NO_VALUE }, undefined],
  ['AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'EC2', RestoreMetadataOverrides: { instanceType: 't3.micro' } }, undefined],
];
