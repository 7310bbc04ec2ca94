"""Read the numbers in a text: prose, mathematics, program output, or Python source.

A number keeps how it was written (digits after the point, exponent, percent sign, sign), because
"at its printed precision" is what the check of the stated numbers is about.
"""

import io
import re
import token
import tokenize
from dataclasses import dataclass
from decimal import Decimal

from tools.markdown_segments import MATH, PROSE, Segment

MINUS_SIGNS = "-−–"  # hyphen-minus, minus sign, en dash
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


@dataclass(frozen=True)
class Number:
    """A number as it stands in a text, from `start` to `end`, the sign included."""

    literal: str
    start: int
    end: int
    value: Decimal
    last_place: int  # 0.464 is known to 10**-3: last_place is -3
    digits: int  # significant digits as printed: 3 for 0.464, 4 for 1000
    percent: bool = False

    def is_a_statement(self) -> bool:
        """Whether it is a decimal, a percentage, a power of ten or has three digits or more."""
        return self.percent or re.fullmatch(r"[^\d.]*\d{1,2}", self.literal) is None

    def is_well_written(self) -> bool:
        """Whether it has no superfluous zero, as 00.46 and 10^{-07} have; 1e-07 is usual."""
        unusual = r"\A\D*0\d|(?:\^|\*\*|<sup>)\D*0\d|(?:\^|\*\*|<sup>)\D*[-−]0|0[⁻⁺]?⁰[⁰-⁹¹²³]|0⁻⁰"
        return re.search(unusual, self.literal) is None


def number_pattern(group_separator: str) -> re.Pattern:
    """The pattern of a number, and of what looks like one; `group_separator` as in 50,257."""
    return re.compile(
        rf"""
        (?P<not_a_number>
            0[xX][0-9a-fA-F]+                  # an address or a bit pattern
          | \d+(?:\.\d+){{2,}}                 # a version: 2.13.0
          | \b\d{{4}}-\d\d-\d\d\b              # a date
        )
      | (?P<base>\d\d) (?P<power>{POWER})      # a power of ten by itself
      | (?P<coefficient>
            (?: \d{{1,3}}(?:(?:{group_separator})\d{{3}})+(?!\d) | \d+ ) (?:\.\d+)?
          | (?<![\w.)\]}}])\.\d+
        )
        (?: [eE](?P<exponent>[-−+]?\d+)(?![\w.])
          | \s*(?:\\,)?(?:\\times|\\cdot|×|·|\*)\s*(?:\\,)?10(?P<times>{POWER})
        )?
        (?P<percent>(?:[ \u00a0\u202f\u2009~]|\\[,;: ])?(?:\\?%)|\s+per\s?cent\b)?
        """,
        re.VERBOSE,
    )


# The exponent of a power of ten: 10^{-7}, 10^-7, 10**-7, 10⁻⁷, 10<sup>-7</sup>.
POWER = (
    r"(?:\^\{\s*[-−+]?\d+\s*\}|\^[-−+]?\d+|\*\*\(?[-−+]?\d+\)?|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
    r"|<sup>[-−+]?\d+</sup>)"
)
SPACES = r"[ \u00a0\u2009\u202f]|\\[, ]|~|\{,\}"
IN_TEXT = number_pattern(rf",|{SPACES}")
IN_OUTPUT = number_pattern(r"[,_]")
# A name with a digit in it (float32, p_1, E1) is no number; in mathematics a letter is a factor.
NAME = re.compile(r"[^\W\d_]\w*")
COMMAND = re.compile(r"\\[A-Za-z]+")

# After one of these a minus sign subtracts; TeX commands for letters count as operands too.
OPERAND_END = re.compile(r"[\w)\]}!%'’′°]\Z")
WORDS_IN_MATHEMATICS = re.compile(r"\\text\{[^{}]*\s\}\Z")
LETTER_COMMAND = re.compile(
    r"\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho"
    r"|sigma|tau|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega|ell|infty"
    r"|hat|bar|right|rangle|rfloor|rceil)\Z"
)


def numbers_in_segment(segment: Segment) -> list[Number]:
    """Every number in a segment of Markdown; positions count from the start of the segment."""
    pattern = IN_TEXT if segment.kind in (PROSE, MATH) else IN_OUTPUT
    return numbers_in(segment.text, pattern, mathematics=segment.kind == MATH)


def numbers_in_output(text: str) -> list[Number]:
    """Every number in what a program printed."""
    return numbers_in(text, IN_OUTPUT, mathematics=False)


def numbers_in(text: str, pattern: re.Pattern, mathematics: bool) -> list[Number]:
    """Every number in `text`, from left to right."""
    word = COMMAND if mathematics else NAME
    found = []
    position = 0
    while position < len(text):
        if skipped := word.match(text, position):
            position = skipped.end()
        elif match := pattern.match(text, position):
            position = match.end()
            if match["not_a_number"] is None:
                found.append(number_from(match, text, mathematics))
        else:
            position += 1
    return found


def number_from(match: re.Match, text: str, mathematics: bool) -> Number:
    """The number that `match` found, with its sign."""
    coefficient = re.sub(r"[^\d.]", "", match["coefficient"] or "1")
    decimals = len(coefficient.partition(".")[2])
    exponent = exponent_of(match)
    start = match.start()
    negative = has_unary_minus(text[:start], mathematics)
    magnitude = magnitude_of(match["base"], Decimal(coefficient), exponent)
    if negative:
        start = max(text.rfind(sign, 0, start) for sign in MINUS_SIGNS)
    return Number(
        literal=text[start : match.end()],
        start=start,
        end=match.end(),
        value=-magnitude if negative else magnitude,
        last_place=exponent - decimals,
        digits=len(coefficient.replace(".", "").lstrip("0")),
        percent=match["percent"] is not None,
    )


def magnitude_of(base: str | None, coefficient: Decimal, exponent: int) -> Decimal:
    """The value without its sign; a `base` stands alone with its exponent, as in 10^{-7}."""
    if base in (None, "10"):
        return coefficient.scaleb(exponent)
    if base == "00":
        return Decimal(0)
    return Decimal(base) ** exponent  # no power of ten after all: 20^{-7}


def exponent_of(match: re.Match) -> int:
    """The power of ten by which the coefficient is multiplied; 0 if none is written."""
    if match["exponent"]:
        return int(match["exponent"].replace("−", "-"))
    power = match["power"] or match["times"]
    if not power:
        return 0
    plain = power.translate(SUPERSCRIPTS).replace("−", "-")
    return int(re.sub(r"[^\d+-]", "", plain))


def has_unary_minus(before: str, mathematics: bool) -> bool:
    """Whether the text before a number ends in a minus sign that belongs to the number.

    Attached to the number and with nothing to subtract from on its left. In prose and output a
    space before it decides ("dog  -0.46" is negative); in mathematics spaces mean nothing.
    """
    stripped = before.rstrip() if mathematics else before
    if not stripped or stripped[-1] not in MINUS_SIGNS:
        return False
    left = stripped[:-1]
    if not mathematics:
        return not OPERAND_END.search(left)
    left = left.rstrip()
    if command := re.search(r"\\[A-Za-z]+\Z", left):
        return not LETTER_COMMAND.search(command.group())
    return not OPERAND_END.search(left) or WORDS_IN_MATHEMATICS.search(left) is not None


def numbers_in_code(source: str) -> list[Number]:
    """Every number written in Python source; comments and strings do not count."""
    found = []
    lines = source.splitlines(keepends=True)
    previous: list[tokenize.TokenInfo] = []
    inside_f_string = 0
    for item in python_tokens(source):
        name = token.tok_name[item.type]
        inside_f_string += (name == "FSTRING_START") - (name == "FSTRING_END")
        if item.type == token.NUMBER and not inside_f_string:
            line, column = item.start
            start = sum(map(len, lines[: line - 1])) + column
            found += python_number(item.string, start, follows_unary_minus(previous))
        previous = [*previous, item][-2:]
    return found


def python_tokens(source: str) -> list[tokenize.TokenInfo]:
    """The tokens of a notebook cell; IPython's own lines (%magic, !shell) hold no Python."""
    lines = ["" if line.lstrip()[:1] in ("%", "!") else line for line in source.split("\n")]
    return list(tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline))


def python_number(literal: str, start: int, negative: bool) -> list[Number]:
    """The number a Python literal stands for; nothing for imaginary, hexadecimal, octal, binary.

    What code says is exact: 1e3 is 1000 to the last digit, so an input has no last place above 0.
    """
    digits = literal.replace("_", "").lower()
    if digits.endswith("j") or digits[:2] in ("0x", "0o", "0b"):
        return []
    value = Decimal(digits)
    last_place = min(0, value.as_tuple().exponent)
    if negative:
        value = -value
    return [Number(literal, start, start + len(literal), value, last_place, len(digits))]


def follows_unary_minus(previous: list[tokenize.TokenInfo]) -> bool:
    """Whether the last token is a minus sign with no operand before it."""
    if not previous or previous[-1].string != "-":
        return False
    if len(previous) == 1:
        return True
    left = previous[-2]
    operand = left.type in (token.NUMBER, token.STRING) or left.string in (")", "]", "}")
    variable = left.type == token.NAME and left.string not in KEYWORDS_BEFORE_A_VALUE
    return not (operand or variable)


KEYWORDS_BEFORE_A_VALUE = {"return", "in", "and", "or", "not", "if", "else", "is", "yield"}
