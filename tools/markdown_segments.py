"""Cut a Markdown text into prose, mathematics and code, each with its place in the text.

The book's notebooks use little Markdown, so a few patterns are enough and can be read whole. A
segment has the same length as the stretch of source it covers: what a reader does not see (tags,
link targets, addresses) is replaced by spaces, so that a position in a segment is a position in
the source.
"""

import re
from dataclasses import dataclass

PROSE, MATH, CODE = "prose", "math", "code"


@dataclass(frozen=True)
class Segment:
    """A stretch of Markdown of one kind that begins at `start` in the source."""

    kind: str
    start: int
    text: str


# What is not prose. Order matters: a dollar sign inside code is no mathematics.
NOT_PROSE = re.compile(
    r"""
    ^[ ]{0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)\n
      (?P<fenced>.*?) (?:^[ ]{0,3}(?P=fence)[ ]*$|\Z)
    | (?<!`)(?P<ticks>`+)(?!`) (?P<code>.+?) (?<!`)(?P=ticks)(?!`)
    | \$\$ (?P<display>.+?) \$\$
    | (?<![\\$])\$(?!\s) (?P<inline>(?:\\.|[^$\\\n]|\n(?![ ]*\n))+?) (?<!\s)\$(?!\d)
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
KINDS = {"fenced": CODE, "code": CODE, "display": MATH, "inline": MATH}

# What a reader of the page does not see, or sees only as an address.
UNSEEN_IN_PROSE = re.compile(
    r"""
    <!--.*?-->
    | </?(?!su[bp]>)[A-Za-z][\w-]*(?=[\s/>])[^<>]*>   # tags, but 10<sup>-7</sup> is a number
    | &\#?\w+;                                # &nbsp; and &#8217;
    | (?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)   # the target of a link
    | (?<=\])\[[^\]]*\]                      # the label of a reference link
    | ^[ ]{0,3}\[[^\]]+\]:[ ]\S+.*$          # the definition of such a label
    | \bhttps?://[^\s<>)]+
    | \b(?:doi:\s*)?10\.\d{4,9}/[^\s<>)]+    # a DOI, with or without its prefix
    | \barXiv:\s*\d{4}\.\d{4,5}(?:v\d+)?
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
UNSEEN_IN_MATH = re.compile(
    r"""
    \\tag\*?\{[^{}]*\}
    | \\(?:label|ref|eqref|hspace|vspace|kern|color|textcolor)\*?\{[^{}]*\}
    | \\\\\[[^\]]*\]                         # the extra space after a line
    """,
    re.VERBOSE,
)
PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+")


def segments(source: str) -> list[Segment]:
    """Every stretch of `source` that can hold a number, in order; prose comes by paragraph."""
    found = []
    end_of_last = 0
    for match in NOT_PROSE.finditer(source):
        found += prose_segments(source, end_of_last, match.start())
        end_of_last = match.end()
        group = next(name for name in KINDS if match[name] is not None)
        kind, start, text = KINDS[group], match.start(group), match[group]
        directive = re.match(r"\s*\{([\w:-]+)\}", match["info"] or "")
        if directive and directive[1] not in ("math", "code-block", "code-cell"):
            found += [Segment(s.kind, start + s.start, s.text) for s in segments(text)]
        elif kind == MATH or (directive and directive[1] == "math"):
            found.append(Segment(MATH, start, blanked(UNSEEN_IN_MATH, text)))
        else:
            found.append(Segment(kind, start, text))
    return found + prose_segments(source, end_of_last, len(source))


def prose_segments(source: str, start: int, end: int) -> list[Segment]:
    """The paragraphs of `source[start:end]`, with what no reader sees blanked."""
    text = blanked(UNSEEN_IN_PROSE, source[start:end])
    return [Segment(PROSE, start + m.start(), m.group()) for m in PARAGRAPH.finditer(text)]


def prose_only(source: str) -> str:
    """`source` with code and mathematics blanked: the same length, markup kept."""
    return blanked(NOT_PROSE, source)


def blanked(pattern: re.Pattern, text: str) -> str:
    """`text` with spaces in place of each match; line breaks stay, so lines keep their numbers."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
