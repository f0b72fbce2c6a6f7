import { NOTHING, Severity, type CheckRule } from './check-rule';
import { Posture } from '../../posture/posture';
import type { Unseen } from '../../posture/unseen';
import { Rule } from '../../private/rules';
import { advice } from '../../remedies/remedy';

/** What a template brings in from elsewhere is said, because nobody has judged it. */
export const UNSEEN_CONTENT: CheckRule = {
  rule: Rule.UNSEEN_CONTENT,
  title: 'what templates bring in from elsewhere is judged as well',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html',
  check: ({ unseen }) => !unseen ? NOTHING : [{
    severity: Severity.WARNING,
    undecided: Posture.EXTERNAL,
    location: unseen.path,
    problem: problemOf(unseen),
    remedy: advice(CHECK_IT_TOO),
  }],
};

export function problemOf({ name, reason }: Unseen): string {
  return `what the ${name} brings in is not judged: ${reason}`;
}

export const CHECK_IT_TOO = 'check that template as well, or what CloudFormation makes of this one: '
  + 'aws cloudformation get-template --stack-name NAME --template-stage Processed --query TemplateBody; in a CDK app, a NestedStack is judged with its parent';
