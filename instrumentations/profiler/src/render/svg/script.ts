import { createHash } from 'node:crypto';

/**
 * Zoom by a click, back by a click on the first row or Escape, find by Ctrl-F's neighbour: the key
 * `f` or the word "Find". The picture is complete without it, so it may be refused.
 */
export const SVG_SCRIPT: string = `
(function () {
  var svg = document.documentElement, W = 1200, boxes = [].slice.call(svg.querySelectorAll('.f'));
  var at = boxes.map(function (g) {
    var r = g.querySelector('rect');
    return { g: g, r: r, t: g.querySelector('text'), x: +r.getAttribute('x'), w: +r.getAttribute('width'), y: +r.getAttribute('y'), n: g.getAttribute('data-n') };
  });
  function draw(x, w, y) {
    at.forEach(function (b) {
      var isAbove = b.y < y, left = (b.x - x) / w * W, right = (b.x + b.w - x) / w * W;
      var hidden = right <= 0.01 || left >= W - 0.01;
      b.g.style.display = hidden ? 'none' : '';
      if (hidden) return;
      left = Math.max(0, left); right = Math.min(W, right);
      b.r.setAttribute('x', left); b.r.setAttribute('width', Math.max(0.3, right - left));
      b.g.style.opacity = isAbove ? 0.5 : 1;
      var room = Math.floor((right - left - 6) / 6.7);
      if (!b.t && room >= 3) {
        b.t = document.createElementNS(svg.namespaceURI, 'text');
        b.t.setAttribute('y', b.y + 12);
        b.g.appendChild(b.t);
      }
      if (b.t) {
        b.t.setAttribute('x', left + 3);
        b.t.textContent = room < 3 ? '' : b.n.length <= room ? b.n : b.n.slice(0, room - 1) + '\\u2026';
      }
    });
  }
  function reset() { draw(0, W, 0); }
  at.forEach(function (b) {
    b.g.addEventListener('click', function () { b.w >= W - 0.5 ? reset() : draw(b.x, b.w, b.y); });
  });
  function find() {
    var text = window.prompt('Find functions whose name or file contains', '');
    if (text === null) return;
    var low = text.toLowerCase(), sum = 0, last = -1;
    at.forEach(function (b) {
      var hit = low !== '' && b.g.querySelector('title').textContent.toLowerCase().indexOf(low) >= 0;
      b.g.classList.toggle('hit', hit);
      if (hit && b.x >= last) { sum += b.w; last = b.x + b.w; }
    });
    svg.getElementById('found').textContent = low === '' ? '' : 'found ' + (sum / W * 100).toFixed(1) + ' %';
  }
  var word = svg.getElementById('find');
  if (word) { word.style.display = ''; word.addEventListener('click', find); }
  document.addEventListener('keydown', function (e) {
    if (e.key === 'Escape') reset();
    if (e.key === 'f' && !e.ctrlKey && !e.metaKey) find();
  });
})();
`;

/** For a Content-Security-Policy that lets this one script run. */
export const SVG_SCRIPT_HASH: string = `sha256-${createHash('sha256').update(SVG_SCRIPT).digest('base64')}`;
