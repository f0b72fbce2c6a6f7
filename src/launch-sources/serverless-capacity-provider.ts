import { serviceManaged } from './service-managed';

/** SAM makes an `AWS::Lambda::CapacityProvider` of it. */
export const SERVERLESS_CAPACITY_PROVIDER = serviceManaged({
  type: 'AWS::Serverless::CapacityProvider',
  name: 'Lambda capacity provider',
  documentation: 'https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-capacityprovider.html',
});
