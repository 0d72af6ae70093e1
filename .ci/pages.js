// Appended to a page by .ci/pages: tries it as a reader would and writes what is wrong to the document's title.
(function () {
  'use strict';
  var wrong = [];
  window.addEventListener('error', function (event) { wrong.push('error: ' + event.message); });

  function check(holds, what) {
    if (!holds) {
      wrong.push(what);
    }
  }

  function visible(element) {
    return element.getClientRects().length > 0;
  }

  function charts() {
    return Array.from(document.querySelectorAll('figure svg[role=img]')).filter(visible);
  }

  function labels(svg) {
    var boxes = Array.from(svg.querySelectorAll('text')).map(function (text) {
      return { text: text.textContent, box: text.getBoundingClientRect() };
    });
    var frame = svg.getBoundingClientRect();
    boxes.forEach(function (one, i) {
      check(one.box.left >= frame.left - 1 && one.box.right <= frame.right + 1 && one.box.top >= frame.top - 1
        && one.box.bottom <= frame.bottom + 1, one.text + ' is cut off in ' + svg.getAttribute('aria-label'));
      boxes.slice(i + 1).forEach(function (other) {
        check(one.box.right <= other.box.left || other.box.right <= one.box.left || one.box.bottom <= other.box.top + 2
          || other.box.bottom <= one.box.top + 2, one.text + ' lies over ' + other.text + ' in '
          + svg.getAttribute('aria-label'));
      });
    });
    check(boxes.length >= 5, svg.getAttribute('aria-label') + ' has ' + boxes.length + ' labels');
  }

  addEventListener('load', function () {
    var figures = document.querySelectorAll('figure').length;
    check(figures > 0 && charts().length === figures, charts().length + ' of ' + figures + ' charts are drawn');
    charts().forEach(labels);
    check(document.documentElement.scrollWidth <= innerWidth, 'the page is ' + document.documentElement.scrollWidth
      + ' pixels wide, the window ' + innerWidth);

    var button = document.querySelector('.legend button');
    var line = charts()[0].querySelector('.series[data-series="0"]');
    button.click();
    check(!visible(line) && button.getAttribute('aria-pressed') === 'false', 'a line does not go');
    button.click();
    check(visible(line), 'a line does not come back');

    var tip = document.getElementById('tip');
    charts()[0].dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
    check(!tip.hidden && tip.textContent.length > 10, 'no point says its numbers by the keyboard');
    charts()[0].dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    check(tip.hidden, 'the numbers stay');
    var point = charts()[0].querySelector('.pt').getBoundingClientRect();
    charts()[0].dispatchEvent(new PointerEvent('pointermove', { clientX: point.x + 2, clientY: point.y + 2 }));
    check(!tip.hidden, 'no point says its numbers by the mouse');
    charts()[0].dispatchEvent(new PointerEvent('pointerleave'));

    var rows = document.querySelector('table').tBodies[0].rows;
    var head = document.querySelector('th:last-child button');
    var before = Array.from(rows).map(function (row) { return row.textContent; }).sort().join();
    head.click();
    check(head.parentNode.getAttribute('aria-sort') === 'ascending', 'the table does not sort');
    check(before === Array.from(rows).map(function (row) { return row.textContent; }).sort().join(), 'rows are lost');

    var paper = getComputedStyle(document.body).backgroundColor;
    document.getElementById('theme').click();
    check(getComputedStyle(document.body).backgroundColor !== paper, 'the theme does not change');
    document.title = wrong.length ? 'WRONG: ' + wrong.slice(0, 8).join('; ') : 'RIGHT ' + figures + ' charts on ' + paper;
  });
})();
