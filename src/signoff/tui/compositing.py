"""Which widgets render which lines for a paint.

The rule it keeps: nothing renders but what lies in what is painted. Textual alone has every widget of a screen render
all of its lines for each paint, whatever changed, and takes of them what it needs.
"""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class SparingCompositor(Compositor):
    """A compositor for which widgets render only the lines that are asked for."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Yield what lies in a part of the screen, from front to back until it is covered: where it is, what clips it, its lines."""
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if crop is not None:
                if not seen.overlaps(crop):
                    continue
                top, bottom = max(seen.y, crop.y), min(seen.bottom, crop.bottom)
                seen = Region(seen.x, top, seen.width, bottom - top)
            if seen:
                yield seen, clip, widget.render_lines(seen.translate((-region.x, -region.y)))
            if crop is not None and seen.contains_region(crop):
                return
