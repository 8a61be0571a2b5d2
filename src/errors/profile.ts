/** Whose behaviour clients see: ours, or Cosmo Router's to the letter (error-layer.md section 1). */
export type ErrorProfile = 'none' | 'cosmo';
