// The binary lies beside the package's files; a copy made for the development server would lose it.
export default { optimizeDeps: { exclude: ['gongxiang'] } };
