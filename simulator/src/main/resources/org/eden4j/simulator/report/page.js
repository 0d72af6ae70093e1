(function () {
  'use strict';
  var root = document.documentElement;
  var tip = document.getElementById('tip');
  var marked = null;

  document.getElementById('theme').addEventListener('click', function () {
    var dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });

  function hide() {
    if (marked) {
      marked.classList.remove('on');
      marked = null;
    }
    tip.hidden = true;
  }

  function show(point) {
    hide();
    marked = point;
    point.classList.add('on');
    tip.textContent = point.querySelector('title').textContent;
    tip.hidden = false;
    var box = point.getBoundingClientRect();
    var own = tip.getBoundingClientRect();
    var left = Math.min(box.right + 8, innerWidth - own.width - 4);
    tip.style.left = Math.max(4, left) + 'px';
    tip.style.top = Math.max(4, box.top - own.height - 8) + 'px';
  }

  function shownPoints(svg) {
    return Array.from(svg.querySelectorAll('.series:not(.off) .pt'));
  }

  function nearest(svg, event) {
    var matrix = svg.getScreenCTM();
    var x = (event.clientX - matrix.e) / matrix.a;
    var y = (event.clientY - matrix.f) / matrix.d;
    var best = null;
    var least = 40 * 40;
    shownPoints(svg).forEach(function (point) {
      var dx = point.dataset.x - x;
      var dy = point.dataset.y - y;
      if (dx * dx + dy * dy < least) {
        least = dx * dx + dy * dy;
        best = point;
      }
    });
    return best;
  }

  document.querySelectorAll('figure').forEach(function (figure) {
    figure.querySelectorAll('.legend button').forEach(function (button) {
      button.addEventListener('click', function () {
        var on = button.getAttribute('aria-pressed') !== 'true';
        button.setAttribute('aria-pressed', String(on));
        hide();
        figure.querySelectorAll('.series[data-series="' + button.dataset.series + '"]').forEach(function (series) {
          series.classList.toggle('off', !on);
        });
      });
    });
    figure.querySelectorAll('svg[role=img]').forEach(function (svg) {
      svg.addEventListener('pointermove', function (event) {
        var point = nearest(svg, event);
        if (point) {
          show(point);
        } else {
          hide();
        }
      });
      svg.addEventListener('pointerleave', hide);
      svg.addEventListener('blur', hide);
      svg.addEventListener('keydown', function (event) {
        var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (event.key === 'Escape') {
          hide();
        } else if (step) {
          var points = shownPoints(svg);
          if (points.length) {
            var at = points.indexOf(marked);
            show(points[(at < 0 ? (step > 0 ? 0 : points.length - 1) : at + step + points.length) % points.length]);
          }
          event.preventDefault();
        }
      });
    });
  });

  function value(row, column) {
    var text = row.cells[column].textContent;
    var number = parseFloat(text.replace(/,/g, ''));
    return isNaN(number) ? text : number;
  }

  document.querySelectorAll('th button').forEach(function (button) {
    button.addEventListener('click', function () {
      var head = button.parentNode;
      var up = head.getAttribute('aria-sort') !== 'ascending';
      head.parentNode.querySelectorAll('th').forEach(function (other) {
        other.removeAttribute('aria-sort');
      });
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      var rows = head.closest('table').tBodies[0];
      Array.from(rows.rows).sort(function (a, b) {
        var one = value(a, head.cellIndex);
        var other = value(b, head.cellIndex);
        var order = typeof one === 'number' && typeof other === 'number' ? one - other
          : typeof one === typeof other ? (one < other ? -1 : one > other ? 1 : 0)
          : typeof one === 'number' ? -1 : 1;
        return up ? order : -order;
      }).forEach(function (row) {
        rows.appendChild(row);
      });
    });
  });
})();
