"""Message templates: files with a subject and Markdown, filled in with Liquid."""

from __future__ import annotations

from cio_lang.templates.parts import declared, load_folder, problems, template_files
from cio_lang.templates.render import (
    Rendered,
    TemplateFailed,
    render,
    render_inline,
    syntax_mistake,
)

__all__ = [
    "Rendered",
    "TemplateFailed",
    "declared",
    "load_folder",
    "problems",
    "render",
    "render_inline",
    "syntax_mistake",
    "template_files",
]
