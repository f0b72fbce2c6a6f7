import { kubernetesDocuments } from './karpenter';

/** `KubernetesManifest` of aws-cdk-lib, and what `cluster.addManifest` makes. */
export const EKS_KUBERNETES_RESOURCE = kubernetesDocuments({
  type: 'Custom::AWSCDK-EKS-KubernetesResource',
  documentation: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_eks.KubernetesManifest.html',
}, 'Manifest');
