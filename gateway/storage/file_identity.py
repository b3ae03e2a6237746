"""
Where SQLite's file stands, and whether what is open is still what stands there.

A file that is deleted, or replaced by a restored copy, lives on for whoever has it open: what was written
then would be acknowledged, and gone with the process.
"""

from dataclasses import dataclass
from pathlib import Path

_GONE = "its file {path} was deleted under the running gateway. Put it back, or stop the gateway first"
_OTHER = "another file was put in the place of {path} under the running gateway. Start the gateway again"


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A path, and the file that stood there when it was opened."""

    path: Path
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "FileIdentity":
        """The file that stands there now. Raises OSError where there is none."""
        found = path.absolute()
        status = found.stat()
        return cls(found, status.st_dev, status.st_ino)

    def problem(self) -> str | None:
        """Why what is open must not be used; None while it may. Costs one look at the folder."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return _GONE.format(path=self.path)
        is_same = (status.st_dev, status.st_ino) == (self.device, self.inode)
        return None if is_same else _OTHER.format(path=self.path)
