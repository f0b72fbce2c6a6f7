/** Where the SSM parameters are that keep earlier values, one for each resource, in each region that it sets. */
export const CLAIMS_PATH = '/cdk-imdsv2/account-defaults';
