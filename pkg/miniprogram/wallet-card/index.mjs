import '../index.mjs';
