export * from './hop-limit';
export * from './launch-configuration-policy';
export * from './require-imdsv2';
