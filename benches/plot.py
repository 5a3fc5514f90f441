"""Draws lines over two logarithmic axes as SVG, which follows the light or dark colours of the reader."""

import math
from html import escape

WIDTH, HEIGHT, GAP = 400, 330, 60
LEFT, TOP = 64, 44
# Four colours that are told apart by people who do not see all of them, after Okabe and Ito (2008), and
# marks that are told apart without any.
LIGHT = ["#0072b2", "#b34d00", "#00805c", "#a8447f"]
DARK = ["#56b4e9", "#e69f00", "#2fc79b", "#e08bc0"]
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 14px; }
.grid { stroke: #d5d9de; stroke-width: 1; }
.guide { stroke: #8a9199; stroke-width: 1; stroke-dasharray: 3 4; fill: none; }
.line { stroke-width: 2; fill: none; }
"""


def style():
    """Rules for both modes; the background is that of the page."""
    light = "".join(f".c{n} {{ stroke: {colour}; }} .f{n} {{ fill: {colour}; }}\n" for n, colour in enumerate(LIGHT))
    dark = "".join(f".c{n} {{ stroke: {colour}; }} .f{n} {{ fill: {colour}; }}\n" for n, colour in enumerate(DARK))
    return (f"<style>{STYLE}{light}@media (prefers-color-scheme: dark) {{\ntext {{ fill: #e6e9ec; }}\n"
            f".grid {{ stroke: #3a4048; }}\n{dark}}}</style>")


def power(exponent):
    """A power of ten as people write it."""
    if -2 <= exponent <= 3:
        return f"{10 ** exponent:,}" if exponent >= 0 else f"{10 ** exponent:.{-exponent}f}"
    digits = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return "10" + digits


def mark(number, x, y):
    """A point of a line, in a form of its own."""
    shapes = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="f{number}"/>',
        f'<rect x="{x - 3.6:.1f}" y="{y - 3.6:.1f}" width="7.2" height="7.2" class="f{number}"/>',
        f'<path d="M{x:.1f} {y - 5:.1f}l4.6 8.4h-9.2z" class="f{number}"/>',
        f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" class="f{number}"/>',
    ]
    return shapes[number]


def panel(left, title, unit, lines, below):
    """One pair of axes with its lines, each a list of (x, y) above zero."""
    points = [point for line in lines.values() for point in line]
    if not points:
        return f'<text x="{left + LEFT}" y="{TOP}" class="title">{escape(title)}: nothing measured</text>'
    bounds = []
    for place in (0, 1):
        logs = [math.log10(point[place]) for point in points]
        low, high = math.floor(min(logs) + 1e-9), math.ceil(max(logs) - 1e-9)
        bounds.append((low, max(high, low + 1)))
    (x_low, x_high), (y_low, y_high) = bounds

    def at(x, y):
        across = (x - x_low) / (x_high - x_low) * WIDTH
        up = (y - y_low) / (y_high - y_low) * HEIGHT
        return left + LEFT + across, TOP + HEIGHT - up

    found = [f'<text x="{left + LEFT}" y="{TOP - 18}" class="title">{escape(title)} ({escape(unit)})</text>']
    for exponent in range(x_low, x_high + 1):
        x, bottom = at(exponent, y_low)
        found.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom:.1f}" class="grid"/>')
        found.append(f'<text x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{power(exponent)}</text>')
    for exponent in range(y_low, y_high + 1):
        x, y = at(x_low, exponent)
        found.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x + WIDTH:.1f}" y2="{y:.1f}" class="grid"/>')
        found.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{power(exponent)}</text>')
        # What grows as the log does runs along these.
        steps = min(x_high - x_low, y_high - exponent)
        if steps > 0:
            far_x, far_y = at(x_low + steps, exponent + steps)
            found.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{far_x:.1f}" y2="{far_y:.1f}" class="guide"/>')
    found.append(f'<text x="{left + LEFT + WIDTH / 2}" y="{TOP + HEIGHT + 38}" text-anchor="middle">{escape(below)}</text>')
    for number, line in enumerate(lines.values()):
        places = [at(math.log10(x), math.log10(y)) for x, y in line]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        found.append(f'<polyline points="{way}" class="line c{number}"/>')
        found += [mark(number, x, y) for x, y in places]
    return "\n".join(found)


def panels(parts, below):
    """A drawing of several panels beside each other, each a title, a unit and lines by their names,
    which are the same in all."""
    step = LEFT + WIDTH + GAP
    width, height = step * len(parts), TOP + HEIGHT + 84
    drawn = [panel(number * step, title, unit, lines, below) for number, (title, unit, lines) in enumerate(parts)]
    x, bottom = LEFT, TOP + HEIGHT + 66
    for number, name in enumerate(parts[0][2]):
        drawn.append(f'<line x1="{x - 10}" y1="{bottom - 4}" x2="{x + 10}" y2="{bottom - 4}" class="line c{number}"/>')
        drawn.append(mark(number, x, bottom - 4))
        drawn.append(f'<text x="{x + 16}" y="{bottom}">{escape(name)}</text>')
        x += 40 + 7 * len(name)
    drawn.append(f'<line x1="{x - 10}" y1="{bottom - 4}" x2="{x + 10}" y2="{bottom - 4}" class="guide"/>')
    drawn.append(f'<text x="{x + 16}" y="{bottom}">grows as the log does</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="Time and memory against the size of the log">\n{style()}\n' + "\n".join(drawn) + "\n</svg>\n")
