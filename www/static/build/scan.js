// <gx-scan data-for="ID" lang="zh-CN">: scans a QR code with the camera, and types its text into the field with that id. The camera is asked
// for once somebody wants to scan, and is on only while this element is shown. After that it scans by itself, so that the next customer
// needs no tap.

const TEXTS = {
  zh: {
    scan: '扫码', stop: '停止扫描', label: '摄像头画面',
    NotAllowedError: '未获得摄像头权限。请在浏览器设置中允许，或手动输入。',
    NotFoundError: '没有可用的摄像头，请手动输入。',
    none: '此页面无法使用摄像头，请手动输入。',
  },
  en: {
    scan: 'Scan a code', stop: 'Stop scanning', label: 'What the camera sees',
    NotAllowedError: 'The camera is not allowed. Allow it in the browser’s settings, or type the number.',
    NotFoundError: 'There is no camera. Type the number.',
    none: 'The camera can’t be used on this page. Type the number.',
  },
};
const PAUSE_MS = 80;

/** Whether somebody scanned before, on this page. */
let isWanted = false;
let detector;

/** The browser's own detector, or npm's where there is none. */
async function makeDetector() {
  const native = globalThis.BarcodeDetector;
  const formats = await native?.getSupportedFormats?.().catch(() => []) ?? [];
  const { BarcodeDetector } = formats.includes('qr_code') ? globalThis : await import('./decode.js');
  return new BarcodeDetector({ formats: ['qr_code'] });
}

class Scan extends HTMLElement {
  static observedAttributes = ['lang'];

  #stream;
  #problem;
  #types = false;
  #isByHand = false;

  /** Whoever types is not overtaken by a code that lies before the camera. */
  #yield = ({ target }) => {
    if (this.#types || target.id !== this.dataset.for) return;
    this.#isByHand = true;
    if (!this.#stream) return;
    this.#stop();
    this.#draw();
  };

  connectedCallback() {
    document.addEventListener('input', this.#yield);
    this.#draw();
    if (isWanted) this.#start();
  }

  disconnectedCallback() {
    document.removeEventListener('input', this.#yield);
    this.#stop();
  }

  attributeChangedCallback() {
    if (this.isConnected && !this.#stream) this.#draw();
  }

  get #texts() {
    return TEXTS[this.lang.startsWith('en') ? 'en' : 'zh'];
  }

  #button(id, text, act) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'secondary', textContent: text });
    button.dataset.testid = id;
    button.addEventListener('click', act);
    return button;
  }

  #draw() {
    const start = this.#button('scan', this.#texts.scan, () => { isWanted = true; this.#isByHand = false; this.#start(); });
    const said = Object.assign(document.createElement('p'), { className: 'error', textContent: this.#problem ? this.#texts[this.#problem] : '' });
    said.setAttribute('role', 'status');
    said.dataset.testid = 'scan-error';
    this.replaceChildren(start, said);
  }

  async #start() {
    if (this.#stream) return;
    this.#problem = undefined;
    let stream;
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new Error('none');
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
      detector ??= await makeDetector();
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop());
      isWanted = false;
      this.#problem = error.name in this.#texts ? error.name : 'none';
      this.#draw();
      return;
    }
    // Left, or typed, while the person was asked.
    if (!this.isConnected || this.#stream || this.#isByHand) return stream.getTracks().forEach((track) => track.stop());
    this.#stream = stream;
    const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, srcObject: stream });
    video.setAttribute('aria-label', this.#texts.label);
    video.dataset.testid = 'camera';
    this.replaceChildren(video, this.#button('scan-stop', this.#texts.stop, () => { isWanted = false; this.#stop(); this.#draw(); }));
    await video.play().catch(() => {});
    this.#look(video, stream);
  }

  async #look(video, stream) {
    while (this.#stream === stream) {
      const found = video.readyState >= 2 && !document.hidden ? await detector.detect(video).catch(() => []) : [];
      if (found.length > 0 && this.#stream === stream) {
        this.#stop();
        this.#draw();
        this.#type(found[0].rawValue);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = undefined;
  }

  #type(text) {
    const field = document.getElementById(this.dataset.for);
    if (!field) return;
    this.#types = true;
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    this.#types = false;
  }
}

customElements.define('gx-scan', Scan);
