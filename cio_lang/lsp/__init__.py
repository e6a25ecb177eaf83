"""The language in an editor.

A `Snapshot` is the workspace as it stands in the editor at one moment; every feature is a pure
function over one: diagnostics, completion, hover, definition, references, rename, formatting, code
actions, semantic tokens, symbols.  `server` is the shell around them, and alone knows pygls.
"""
