"""Make a zip whose bytes depend on what is in it alone: not on who makes it, where, or when."""

import io
import zipfile
from collections.abc import Mapping


def archive(contents: Mapping[str, bytes]) -> bytes:
    """A zip of these contents by name, in the order of the names.

    >>> archive({"b": b"2", "a": b"1"}) == archive({"a": b"1", "b": b"2"})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, also when made elsewhere
            entry.external_attr = 0o644 << 16
            file.writestr(entry, contents[name])
    return buffer.getvalue()
