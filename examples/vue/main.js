import { createApp } from 'vue';
import 'gongxiang/widget';
import Shop from './Shop.vue';

createApp(Shop).mount('#app');
