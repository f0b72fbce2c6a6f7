import { serviceManaged } from './service-managed';

export const BEDROCK_CAPACITY_PROVIDER = serviceManaged({
  type: 'AWS::BedrockAgentCore::CapacityProvider',
  name: 'Bedrock AgentCore capacity provider',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-capacityprovider.html',
});
