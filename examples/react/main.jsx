import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'gongxiang/widget';

function Shop() {
  const widget = useRef(null);
  const [amount, setAmount] = useState('299');
  const [points, setPoints] = useState('');
  useEffect(() => {
    const element = widget.current;
    const keep = ({ detail }) => setPoints(detail.receipt.points);
    element.addEventListener('gongxiang:preview', keep);
    return () => element.removeEventListener('gongxiang:preview', keep);
  }, []);
  return (
    <main>
      <button onClick={() => setAmount('599')}>599</button>
      <earnings-preview ref={widget} lang="zh-CN" amount={amount} concession="10%" merchant="茶叶店" />
      <p>商家支付 <output>{points}</output> 共享积分</p>
    </main>
  );
}

createRoot(document.getElementById('root')).render(<Shop />);
