// The element in Vue's templates: `import type {} from 'gongxiang/widget/vue';`
import type { DefineComponent } from 'vue';
import type { EarningsPreviewAttributes } from './widget.js';

declare module 'vue' {
  interface GlobalComponents {
    'earnings-preview': DefineComponent<EarningsPreviewAttributes>;
  }
}
