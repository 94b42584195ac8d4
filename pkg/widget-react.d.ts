// The element in JSX: `import type {} from 'gongxiang/widget/react';`
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { EarningsPreview, EarningsPreviewDetail, EarningsPreviewFailure, EarningsPreviewProperties } from './widget.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'earnings-preview': DetailedHTMLProps<HTMLAttributes<EarningsPreview>, EarningsPreview> & EarningsPreviewProperties & {
        'amount-from'?: string | undefined;
        'ongongxiang-preview'?: ((event: CustomEvent<EarningsPreviewDetail>) => void) | undefined;
        'ongongxiang-error'?: ((event: CustomEvent<EarningsPreviewFailure>) => void) | undefined;
      };
    }
  }
}
