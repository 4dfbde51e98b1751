"""Pictures of definitions: layout, the drawing a file brings along, and SVG.

`picture_of` reads or lays out, `draw_svg` draws; both are functions of their arguments.
"""
