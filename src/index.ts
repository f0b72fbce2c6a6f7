export * from './hop-limit';
export * from './require-imdsv2';
