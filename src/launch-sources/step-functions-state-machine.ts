import { stateMachine } from './states-language';

export const STEP_FUNCTIONS_STATE_MACHINE = stateMachine({
  type: 'AWS::StepFunctions::StateMachine',
  documentation: 'https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html',
});
