import vue from '@vitejs/plugin-vue';

export default {
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'earnings-preview' } } })],
  // The binary lies beside the package's files; a copy made for the development server would lose it.
  optimizeDeps: { exclude: ['gongxiang'] },
};
