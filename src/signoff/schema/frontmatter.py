"""The YAML block at the top of a Markdown file.

The rule it keeps: nothing of the file is lost; whatever is wrong with the block, the text can still be shown.
"""

import re

import msgspec

from signoff.errors import SchemaError
from signoff.schema.content import LARGEST, checked

FENCE_OPEN = re.compile(r"\s*---[ \t]*\r?\n")
FENCE_CLOSE = re.compile(r"^---[ \t]*\r?$\n?", re.MULTILINE)
FENCE_HINT = "end the front matter with a line '---'"


class FrontMatter(msgspec.Struct, frozen=True, kw_only=True):
    """A Markdown file taken apart.

    Attributes:
        block: The YAML between the fences, or None where there is none.
        line: The line in which the block begins.
        body: The text after it.
        body_line: The line in which the body begins.
        fault: Why the block could not be taken out, or None; the body is then the whole text.
    """

    block: bytes | None = None
    line: int = 1
    body: str
    body_line: int = 1
    fault: SchemaError | None = None


def split_front_matter(content: bytes, *, file: str = "", most: int = LARGEST) -> FrontMatter:
    """Return the YAML block at the top of a Markdown file, unread, and the body.

    Raises:
        SchemaError: It is too large, or not UTF-8.
    """
    text = checked(content, file=file, most=most).decode()
    opened = FENCE_OPEN.match(text)
    if opened is None:
        return FrontMatter(body=text)
    line = text.count("\n", 0, opened.end()) + 1
    closed = FENCE_CLOSE.search(text, opened.end())
    if closed is None:
        fault = SchemaError("the front matter is not closed", file=file, line=line - 1, hint=FENCE_HINT)
        return FrontMatter(body=text, fault=fault)
    block = text[opened.end() : closed.start()].encode()
    return FrontMatter(
        block=block, line=line, body=text[closed.end() :], body_line=text.count("\n", 0, closed.end()) + 1
    )
