import { kubernetesDocuments } from './karpenter';

/** `HelmChart` of aws-cdk-lib, and what `cluster.addHelmChart` makes. */
export const EKS_HELM_CHART = kubernetesDocuments({
  type: 'Custom::AWSCDK-EKS-HelmChart',
  documentation: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_eks.HelmChart.html',
}, 'Values');
