import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'gongxiang/widget';

function Shop() {
  const [amount, setAmount] = useState('299');
  const [points, setPoints] = useState('');
  return (
    <main>
      <button onClick={() => setAmount('599')}>599</button>
      <earnings-preview
        lang="zh-CN" amount={amount} concession="10%" merchant="茶叶店"
        ongongxiang-preview={({ detail }) => setPoints(detail.receipt.points)}
      />
      <p>商家支付 <output>{points}</output> 共享积分</p>
    </main>
  );
}

createRoot(document.getElementById('root')).render(<Shop />);
