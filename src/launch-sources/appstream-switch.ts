import type { Spelling } from './options-spelling';

/** A property of the resource itself. */
export const DISABLE_IMDSV1: Spelling = {
  tokens: 'DisableIMDSV1',
  required: true,
  optional: false,
  members: ['DisableIMDSV1'],
};

export const CAUTION = 'the image needs an AppStream agent of 2024-01-16 or newer';
