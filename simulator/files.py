"""Uploaded files: the two-step upload, their bytes, and how Slack describes them."""

import itertools
import mimetypes
from dataclasses import dataclass, replace

from simulator.shapes import JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file somebody uploaded; `channels` are the ids of the conversations that show it."""

    id: str
    name: str
    title: str
    user: str
    size: int
    created: int
    mimetype: str
    channels: tuple[str, ...] = ()
    alt_text: str = ""

    def titled(self, title: str) -> "File":
        return replace(self, title=title)

    def shared(self, *channels: str) -> "File":
        """The same file, now also shown in these channels."""
        return replace(self, channels=tuple(dict.fromkeys((*self.channels, *channels))))

    @property
    def filetype(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """An upload that was asked for and not completed; `content` is None until the bytes came."""

    file: File
    content: bytes | None = None


def mimetype(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def file_object(file: File, *, base_url: str, team_id: str) -> JsonObject:
    """The object of files.info; its private URLs ask for the bot's token."""
    private = f"{base_url}/files-pri/{team_id}-{file.id}/{file.name}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.filetype.upper(),
        "user": file.user,
        "user_team": team_id,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": True,
        "url_private": private,
        "url_private_download": f"{private}?download=1",
        "permalink": f"{base_url}/files/{file.user}/{file.id}",
        "alt_txt": file.alt_text,
        "channels": list(file.channels),
        "groups": [],
        "ims": [],
    }


class Files:
    """Completed files with their bytes, and the uploads under way."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._bytes: dict[str, bytes] = {}
        self._uploads: dict[str, Upload] = {}
        self._ids = itertools.count(1)

    def new_id(self) -> str:
        while (candidate := f"F{next(self._ids):08X}") in self._files:
            pass
        return candidate

    def put(self, file: File, content: bytes | None = None) -> File:
        self._files[file.id] = file
        if content is not None:
            self._bytes[file.id] = content
        return file

    def begin(self, file: File) -> None:
        self._uploads[file.id] = Upload(file=file)

    def receive(self, file_id: str, content: bytes) -> bool:
        """Take the bytes of an upload; False when none was asked for under that id."""
        if (upload := self._uploads.get(file_id)) is None:
            return False
        self._uploads[file_id] = Upload(file=upload.file, content=content)
        return True

    def upload(self, file_id: str) -> Upload | None:
        return self._uploads.get(file_id)

    def finish(self, file: File, content: bytes) -> File:
        self._uploads.pop(file.id, None)
        return self.put(file, content)

    def find(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def remove(self, file_id: str) -> None:
        self._files.pop(file_id, None)
        self._bytes.pop(file_id, None)

    def content(self, file_id: str) -> bytes:
        if file_id not in self._bytes:
            raise LookupError(f"no file {file_id!r}; there are {', '.join(self._bytes) or 'none'}")
        return self._bytes[file_id]

    @property
    def all(self) -> list[File]:
        return list(self._files.values())
