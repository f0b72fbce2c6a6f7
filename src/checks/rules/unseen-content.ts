import { NOTHING, Severity, type CheckRule, type Verdict } from './check-rule';
import { Posture } from '../../posture/posture';
import type { Unseen } from '../../posture/unseen';
import { Rule } from '../../private/rules';

/** What a template brings in from elsewhere is said, because nobody has judged it. */
export const UNSEEN_CONTENT: CheckRule = {
  rule: Rule.UNSEEN_CONTENT,
  title: 'what templates bring in from elsewhere is judged as well',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html',
  check: ({ unseen }) => unseen ? [{ severity: Severity.WARNING, undecided: Posture.EXTERNAL, location: unseen.path, ...wordsOf(unseen) }] : NOTHING,
};

export function wordsOf({ name, reason }: Unseen): Pick<Verdict, 'problem' | 'fix'> {
  return {
    problem: `what the ${name} brings in is not judged: ${reason}`,
    fix: 'check that template as well, or what CloudFormation makes of this one: '
      + 'aws cloudformation get-template --stack-name NAME --template-stage Processed --query TemplateBody; in a CDK app, a NestedStack is judged with its parent',
  };
}
