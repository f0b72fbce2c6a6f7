import * as path from 'path';
import { NestedStack, Stack, Stage, Validations, type App } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as imagebuilder from 'aws-cdk-lib/aws-imagebuilder';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import type { Construct } from 'constructs';

const SMALL = ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.SMALL);
const LINUX = ec2.MachineImage.latestAmazonLinux2023();

/** An app as it may have grown over the years: two stacks and a stage, and nobody has thought of IMDSv2 yet. */
export function build(app: App): void {
  const network = new NetworkStack(app, 'Network');
  new ShopStack(app, 'Shop', network.vpc);
  new Production(app, 'Prod');
}

/** A VPC whose private subnets reach the internet through NAT instances, and a bastion to log in. */
class NetworkStack extends Stack {
  public readonly vpc: ec2.Vpc;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const nat = ec2.NatProvider.instanceV2({
      instanceType: SMALL,
      defaultAllowedTraffic: ec2.NatTrafficDirection.OUTBOUND_ONLY,
    });
    this.vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGatewayProvider: nat });
    nat.connections.allowFrom(ec2.Peer.ipv4(this.vpc.vpcCidrBlock), ec2.Port.allTraffic());
    new ec2.BastionHostLinux(this, 'Bastion', { vpc: this.vpc });
  }
}

/** Everything that runs in that VPC. */
class ShopStack extends Stack {
  constructor(scope: Construct, id: string, vpc: ec2.Vpc) {
    super(scope, id);

    // The L1, as it was copied from a template.
    new ec2.CfnInstance(this, 'Ftp', {
      imageId: LINUX.getImage(this).imageId,
      instanceType: 't3.small',
      subnetId: vpc.privateSubnets[0].subnetId,
    });

    // The L2, with a boot script that asks for metadata without a token.
    const web = new ec2.Instance(this, 'Web', { vpc, instanceType: SMALL, machineImage: LINUX });
    web.userData.addCommands(
      'dnf install -y nginx',
      'INSTANCE_ID=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)',
      'hostnamectl set-hostname "web-$INSTANCE_ID"',
      'systemctl enable --now nginx',
    );

    // An escape hatch that somebody once needed. A typed property would lose against it.
    const search = new ec2.Instance(this, 'Search', { vpc, instanceType: SMALL, machineImage: LINUX });
    search.instance.addPropertyOverride('MetadataOptions', { HttpTokens: 'optional', HttpPutResponseHopLimit: 1 });

    // The one that must wait: exempt, with a reason that ends up in the report.
    const license = new ec2.Instance(this, 'License', { vpc, instanceType: SMALL, machineImage: LINUX });
    Validations.of(license).acknowledge({
      id: 'cdk-imdsv2::tokens',
      reason: 'the license agent speaks IMDSv1 only; the vendor is on it (OPS-1207)',
    });

    this.addGroups(vpc);
    this.addContainers(vpc);
    this.addServices(vpc);
    new Workers(this, 'Workers', vpc);
    new CfnInclude(this, 'Legacy', {
      templateFile: path.join(__dirname, 'legacy.template.json'),
      parameters: { SubnetId: vpc.privateSubnets[1].subnetId },
    });
  }

  private addGroups(vpc: ec2.Vpc) {
    new autoscaling.AutoScalingGroup(this, 'Api', {
      vpc,
      launchTemplate: new ec2.LaunchTemplate(this, 'ApiTemplate', {
        instanceType: SMALL,
        machineImage: LINUX,
        securityGroup: new ec2.SecurityGroup(this, 'ApiSecurityGroup', { vpc }),
      }),
      updatePolicy: autoscaling.UpdatePolicy.rollingUpdate(),
    });

    new autoscaling.AutoScalingGroup(this, 'Crawler', {
      vpc,
      mixedInstancesPolicy: {
        instancesDistribution: { onDemandPercentageAboveBaseCapacity: 0 },
        launchTemplate: new ec2.LaunchTemplate(this, 'CrawlerTemplate', { instanceType: SMALL, machineImage: LINUX }),
        launchTemplateOverrides: [
          {
            instanceType: new ec2.InstanceType('t4g.small'),
            launchTemplate: new ec2.LaunchTemplate(this, 'CrawlerArmTemplate', {
              machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
            }),
          },
          { instanceType: new ec2.InstanceType('t3a.small') },
        ],
      },
    });
  }

  private addContainers(vpc: ec2.Vpc) {
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc });
    cluster.addCapacity('Hosts', {
      instanceType: SMALL,
      machineImage: ecs.EcsOptimizedImage.amazonLinux2023(),
    });
    const role = new iam.Role(this, 'NodeRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    const subnets = vpc.privateSubnets.map(({ subnetId }) => subnetId);

    // Nodes of Kubernetes and of Batch take their metadata options from a launch template.
    const nodes = new ec2.LaunchTemplate(this, 'NodeTemplate', { instanceType: SMALL });
    new eks.CfnNodegroup(this, 'Nodes', {
      clusterName: 'shop',
      nodeRole: role.roleArn,
      subnets,
      launchTemplate: { id: nodes.launchTemplateId, version: nodes.latestVersionNumber },
    });
    const jobs = new ec2.LaunchTemplate(this, 'JobTemplate');
    new batch.CfnComputeEnvironment(this, 'Jobs', {
      type: 'MANAGED',
      computeResources: {
        type: 'SPOT',
        maxvCpus: 16,
        instanceTypes: ['optimal'],
        instanceRole: role.roleArn,
        subnets,
        securityGroupIds: [new ec2.SecurityGroup(this, 'JobSecurityGroup', { vpc }).securityGroupId],
        launchTemplate: { launchTemplateId: jobs.launchTemplateId, version: jobs.latestVersionNumber },
      },
    });
  }

  /** Services that launch instances of their own, and spell the option in their own way. */
  private addServices(vpc: ec2.Vpc) {
    const role = new iam.Role(this, 'NotebookRole', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    new sagemaker.CfnNotebookInstance(this, 'Notebook', {
      instanceType: 'ml.t3.medium',
      roleArn: role.roleArn,
      subnetId: vpc.privateSubnets[0].subnetId,
    });
    const builders = new iam.Role(this, 'BuilderRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    new imagebuilder.CfnInfrastructureConfiguration(this, 'Builds', {
      name: 'shop-images',
      instanceProfileName: new iam.InstanceProfile(this, 'BuilderProfile', { role: builders }).instanceProfileName,
    });
  }
}

/** Background workers, in a nested stack. */
class Workers extends NestedStack {
  constructor(scope: Construct, id: string, vpc: ec2.Vpc) {
    super(scope, id);
    new autoscaling.AutoScalingGroup(this, 'Pool', { vpc, instanceType: SMALL, machineImage: LINUX });
  }
}

/** What a pipeline deploys: an aspect on the app alone does not reach it. */
class Production extends Stage {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new NetworkStack(this, 'Network');
  }
}
