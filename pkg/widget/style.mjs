// @ts-check
// The styles. A page changes them by custom properties (`--gongxiang-…`) and parts. They are a constructed sheet where possible, because a
// page's `style-src 'self'` forbids a <style> in the shadow root. Each size and weight of type slows the first preview, so there are few.

/** Names, light colours, dark colours. */
const COLOURS = ['card #fff #1b2126', 'ink #1c2420 #e9ece8', 'quiet #5c6762 #a3aeaa', 'line #e2ded2 #333c42', 'accent #0d6b58 #5cc9ad', 'on #fff #06231c',
  'tint #e9f4f0 #17322c', 'gold #7a5808 #e5bd5c', 'gilt #f8edd0 #37301a', 'bad #a72d20 #ff9384', 'pale #fbe9e6 #3b201d'];
/** @param {string} pattern */
const scheme = (pattern) => COLOURS.map((colour) => colour.replace(/(.+) (.+) (.+)/, pattern)).join(';');
const LIGHT = `color-scheme:light;${scheme('--_$1:$2')}`;
const DARK = `color-scheme:dark;${scheme('--_$1:$3')}`;

// The scheme is the page's: that of the element around. A page that declares none leaves it to the visitor's system, as do browsers without
// light-dark() (Safari before 17.5, Chrome before 123, Firefox before 120).
export const style = `
:host{display:block;container-type:inline-size;${LIGHT}}
@media(prefers-color-scheme:dark){:host{${DARK}}}
@supports(color:light-dark(red,red)){:host{color-scheme:inherit;${scheme('--_$1:light-dark($2,$3)')}}:host(:not([theme])) .system{color-scheme:light dark}}
:host([theme=light]){${LIGHT}}
:host([theme=dark]){${DARK}}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box;margin:0;padding:0}
.card{
--card:var(--gongxiang-background,var(--_card));--ink:var(--gongxiang-color,var(--_ink));--quiet:var(--gongxiang-quiet,var(--_quiet));
--line:var(--gongxiang-line,var(--_line));--accent:var(--gongxiang-accent,var(--_accent));--on:var(--gongxiang-on-accent,var(--_on));
--tint:var(--gongxiang-tint,var(--_tint));--radius:var(--gongxiang-radius,14px);
display:grid;gap:16px;padding:20px;border:1px solid var(--line);border-radius:calc(var(--radius) + 4px);background:var(--card);color:var(--ink);
font:16px/1.5 var(--gongxiang-font,system-ui,"PingFang SC","Microsoft YaHei",sans-serif);
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.card *{min-width:0}
h2,::slotted(*){unicode-bidi:plaintext}
h2{font-size:1rem;line-height:1.3;font-weight:600}
h3{font-size:1rem;margin-bottom:8px}
small,.quiet,legend,label,.why,.hint,.error{font-size:.875rem;color:var(--quiet);font-weight:400}
fieldset{border:0}
.form,.result{display:grid;gap:14px;align-content:start}
.result:empty{min-height:112px;border:2px dashed var(--line);border-radius:var(--radius)}
.assumed:empty{display:none}
legend,.field>label{display:block;margin-bottom:4px}
input,select,button{font:inherit;color:inherit}
.box{display:flex;gap:6px}
[type=text],select{flex:1;width:100%;min-height:44px;padding:8px 12px;border:1px solid var(--quiet);border-radius:calc(var(--radius) - 4px);background:var(--card)}
[type=text],select{font-weight:600;font-variant-numeric:inherit}
[aria-invalid=true]{border-color:var(--_bad)}
:focus-visible,.seg input:focus-visible+span{outline:3px solid var(--accent);outline-offset:2px}
.seg{display:flex;padding:3px;gap:2px;border-radius:calc(var(--radius) - 2px);background:var(--line)}
.box>.seg{flex:none}
.seg label{flex:auto;position:relative;display:grid;color:var(--ink)}
.seg input{position:absolute;inset:0;opacity:0;cursor:pointer}
.seg span{display:grid;place-items:center;min-height:38px;padding:0 14px;border-radius:calc(var(--radius) - 5px);white-space:nowrap;font-size:.875rem}
.seg :checked+span{background:var(--card);font-weight:600;box-shadow:0 1px 3px #0003}
.hint:empty,.error:empty{display:none}
.hint,.error{margin-top:4px}
.error,.fault{color:var(--_bad)}
.fault{display:grid;gap:10px;justify-items:start;padding:14px 16px;border-radius:var(--radius);background:var(--_pale)}
button{min-height:44px;padding:0 18px;border:0;border-radius:calc(var(--radius) - 4px);background:var(--accent);color:var(--on);font-weight:600;cursor:pointer}
.hero{padding:16px 18px 14px;border-radius:var(--radius);background:var(--accent);color:var(--on)}
.hero *{color:inherit}
.hero small{font-size:.875rem}
.hero .why{text-align:left;margin-top:2px}
.big{font-size:clamp(1.25rem,9cqi,2.75rem);line-height:1.2;font-weight:600;letter-spacing:-.02em}
.big small{letter-spacing:0;white-space:nowrap}
i{font-style:normal;font-weight:400;font-size:.875rem}
.big i{font-size:.6em}
ul{list-style:none}
li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 12px;align-items:baseline;padding:10px 0;border-top:1px solid var(--line)}
li:first-child{border:0;padding-top:0}
b,[part=number]{font-weight:600}
b{margin-right:6px}
li .why{grid-column:1/-1}
.big [part=number]{font-weight:inherit}
.gets,.why,dd{text-align:right}
.tag{display:inline-block;padding:0 8px;border-radius:99px;background:var(--tint);color:var(--accent);font-size:.875rem;white-space:nowrap}
.dynamic{background:var(--_gilt);color:var(--_gold)}
dl{display:grid;gap:6px;padding:12px 14px;border-radius:var(--radius);background:var(--tint);font-size:.875rem}
dl>div{display:flex;justify-content:space-between;gap:12px;align-items:baseline}
dt{white-space:nowrap}
dl small,dl .why{color:inherit}
.tick{display:flex;gap:10px;align-items:center;min-height:32px;font-size:.875rem;color:var(--ink)}
.tick input{width:18px;height:18px;flex:none;accent-color:var(--accent)}
.assumed{padding:14px 0 0;border-top:1px solid var(--line)}
.assumed legend{float:left;width:100%;font-weight:600;color:var(--ink);font-size:.875rem}
.assumed>:nth-child(2){clear:both}
.assumed .field{margin:6px 0}
[part=price]{font-size:.875rem;margin-top:8px}
footer{border-top:1px solid var(--line);padding-top:12px}
.bone{border-radius:var(--radius);background:var(--line);height:112px}
.bone+.bone{height:190px;opacity:.6}
@media(prefers-reduced-motion:no-preference){.bone{animation:wait 1.4s ease-in-out infinite alternate}@keyframes wait{to{opacity:.4}}}
@container(min-width:620px){.card{grid-template-columns:5fr 7fr;grid-template-rows:auto auto 1fr;padding:28px;gap:20px 32px}.result{grid-area:2/2/span 2}header,footer{grid-column:1/-1}}
@container(max-width:300px){.card{padding:14px}.seg span{padding:0}li,dl>div{display:block}.gets,.why,dd{text-align:left}}
@media print{:host,:host([theme=dark]){${LIGHT}}.card{background:0;color:#000}.hero{background:0;color:#000;border:1px solid}button{display:none}}
@media(forced-colors:active){.seg :checked+span,.hero,.tag{outline:2px solid}}
`;
