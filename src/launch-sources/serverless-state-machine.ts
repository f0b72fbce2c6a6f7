import { stateMachine } from './states-language';

/** SAM makes an `AWS::StepFunctions::StateMachine` of it. */
export const SERVERLESS_STATE_MACHINE = stateMachine({
  type: 'AWS::Serverless::StateMachine',
  documentation: 'https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html',
});
