export * from './account/account-defaults';
export * from './account/account-defaults-assertion';
export * from './account/account-regions';
export * from './account/defaults-props';
export * from './account/launch-template-default-version';
export * from './hop-limit';
export * from './require-imdsv2';
