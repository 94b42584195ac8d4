// The element in Svelte's templates: `import type {} from 'gongxiang/widget/svelte';`
import type { HTMLAttributes } from 'svelte/elements';
import type { EarningsPreview, EarningsPreviewAttributes, EarningsPreviewDetail, EarningsPreviewFailure } from './widget.js';

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'earnings-preview': HTMLAttributes<EarningsPreview> & EarningsPreviewAttributes & {
      'ongongxiang-preview'?: (event: CustomEvent<EarningsPreviewDetail>) => void;
      'ongongxiang-error'?: (event: CustomEvent<EarningsPreviewFailure>) => void;
    };
  }
}
