/** One bundle, several handlers: what each construct of this room runs at deployment. */
export { handler as accountDefaults } from './account-defaults.lambda';
export { handler as accountDefaultsAssertion } from './account-defaults-assertion.lambda';
export { handler as launchTemplateDefaultVersion } from './launch-template-default-version.lambda';
