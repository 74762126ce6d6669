"""The filter language that `signoff ls`, `signoff watch` and the terminal UI share.

    stage:staging,production accuracy>0.9 author:al@ -tag:old "free text" size<2G age<7d (status:unregistered OR fraud)

Terms beside each other must all hold; `OR`, `NOT` (or `-`) and parentheses do what they say, and the words of MLflow's
searches (`metrics.accuracy > 0.9 and params.depth = '6' and name LIKE 'fraud%'`) are understood too.

The rule it keeps: any text is a query or a `QueryError` with the place of the offending word. Plain terms are read
without the grammar, which costs its import; both ways give the same terms.
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, cast

import msgspec

from signoff.errors import InvalidValueError
from signoff.policy.query_fields import QUOTE_IT, Field, find_field, read_bound, read_operand, read_pattern
from signoff.policy.query_terms import (
    AllOf,
    AnyOf,
    Comparison,
    Negation,
    Operand,
    Operator,
    Predicate,
    Row,
    Term,
    Value,
    Word,
    asked,
    compiled,
)

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

__all__ = ["Query", "QueryError", "Row", "Value", "fields", "parse_query"]

LONGEST = 4096
DEEPEST = 50
GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: unary (_AND? unary)*
?unary: (_NOT | _MINUS) unary -> negation
      | "(" either ")"
      | FIELD OPERATOR _value ("," _value)* -> comparison
      | FIELD IN "(" _value ("," _value)* ")" -> comparison
      | FIELD LIKE QUOTED -> comparison
      | (WORD | QUOTED) -> word
_value: VALUE | QUOTED

_AND.4: /and(?![^\s()])/i
_OR.4: /or(?![^\s()])/i
_NOT.4: /not(?![^\s()])/i
_MINUS.4: /-(?=\S)/
FIELD.3: /(?:(?:metrics?|params?|parameters?|hyperparameters|tags?)\.(?:"[^"]+"|'[^']+'|`[^`]+`)|(?!-)[^\s"'`()<>=!~:,]+)(?=\s*(?:[:~<>=]|!=)|\s+i?like\s*["']|\s+in\s*\()/i
IN.3: /in(?=\s*\()/i
LIKE.3: /i?like(?=\s*["'])/i
OPERATOR.3: /!=|==|:?<=|:?>=|:?<|:?>|[=:~]/
QUOTED.2: /"[^"]*"|'[^']*'/
WORD: /(?!-|(?:and|or|not)(?![^\s()]))[^\s"'()<>=~:,][^\s"()<>=~:]*/i
VALUE: /[^\s"'(),][^\s"(),]*/
%ignore /\s+/
"""
PLAIN = re.compile(r"(-?)(?:([^\W\d][\w.]*):)?([\w.*?@/+][\w.*?@/+-]*(?:,[\w.*?@/+][\w.*?@/+-]*)*)")
KEYWORDS = frozenset({"and", "or", "not"})
OPERATORS: dict[str, Operator] = {"!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
REVERSED: dict[str, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""An age is shorter where its moment is later."""
QUOTES = "\"'"


class QueryError(InvalidValueError):
    """A text is not a query.

    Args:
        message: Why, in one line.
        start: Where the offending word begins in the text.
        end: Where it ends.
        hint: What to write instead.
    """

    def __init__(self, message: str, *, start: int, end: int, hint: str) -> None:
        """Keep the place, so that it can be marked."""
        super().__init__(message, hint=hint)
        self.start, self.end = start, end


class Query(msgspec.Struct, frozen=True):
    """A parsed query: its text, what it means, and the predicate made of that."""

    text: str
    term: Term
    predicate: Predicate

    def __eq__(self, other: object) -> bool:
        """Compare what the queries mean."""
        return isinstance(other, Query) and self.term == other.term

    def __hash__(self) -> int:
        """Hash what the query means."""
        return hash(self.term)

    def matches(self, row: Row) -> bool:
        """Return whether the row is one of those asked for."""
        return self.predicate(row)


class _Piece(msgspec.Struct, frozen=True):
    """A word of the text, without its quotes, and its place."""

    text: str
    start: int
    end: int
    quoted: bool = False

    def wrong(self, error: InvalidValueError) -> QueryError:
        """Return the error with this place."""
        return QueryError(error.message, start=self.start, end=self.end, hint=error.hint)


class _Scope(msgspec.Struct, frozen=True):
    """What terms are read against."""

    now: datetime
    known: Collection[str] | None


def parse_query(text: str, *, now: datetime, known: Collection[str] | None = None) -> Query:
    """Return the query that a text is; an empty one matches every row.

    Args:
        text: As people type it.
        now: What ages count from.
        known: Every `metrics.`, `params.` and `tags.` name that rows have, so that a misspelt one is refused; None
            takes any.

    Raises:
        QueryError: The text is no query; it has the place of the offending word and a hint.
    """
    if len(text) > LONGEST:
        message = f"a query of {len(text)} characters is too long"
        raise QueryError(message, start=LONGEST, end=len(text), hint=f"use at most {LONGEST} characters")
    scope = _Scope(now, known)
    term = _plain(text, scope) or _full(text, scope)
    return Query(text, term, compiled(term))


def fields(query: Query) -> tuple[str, ...]:
    """Return the fields that a query asks rows for, each once, in the order of writing."""
    return asked(query.term)


def _plain(text: str, scope: _Scope) -> Term | None:
    """Read bare words and `field:value` terms; None where the text has anything else."""
    words = [(found, PLAIN.fullmatch(found[0])) for found in re.finditer(r"\S+", text)]
    if not all(parts and found[0].casefold().removeprefix("-") not in KEYWORDS for found, parts in words):
        return None
    return _joined([_plain_term(found.start(), parts, scope) for found, parts in words if parts])


def _plain_term(at: int, parts: re.Match[str], scope: _Scope) -> Term:
    minus, name, value = parts.groups()
    start = at + parts.start(3)
    if name is None:
        term: Term = Word(value.casefold())
    else:
        field = _Piece(name, at + parts.start(2), at + parts.end(2))
        term = _comparison(field, ":", list(_split(value, start)), scope)
    return Negation(term) if minus else term


def _split(text: str, start: int) -> Iterator[_Piece]:
    for value in text.split(","):
        yield _Piece(value, start, start + len(value))
        start += len(value) + 1


def _joined(terms: list[Term]) -> Term:
    return terms[0] if len(terms) == 1 else AllOf(tuple(terms))


@cache
def _grammar() -> "Lark":
    from lark import Lark  # noqa: PLC0415  plain queries do without its import

    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)


def _full(text: str, scope: _Scope) -> Term:
    """Read any query by the grammar."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken  # noqa: PLC0415

    try:
        tree = _grammar().parse(text)
    except UnexpectedCharacters as error:
        raise _unreadable(text, cast("int", error.pos_in_stream)) from None
    except UnexpectedToken as error:
        at = len(text) if error.token.type == "$END" else error.token.start_pos or 0
        raise _unreadable(text, at) from None
    return _term(tree, scope, 0)


def _unreadable(text: str, at: int) -> QueryError:
    """Return the error for the word at a place, or for the last one where the text ends too early."""
    word = re.compile(r"\S+").match(text, at)
    if word is None:
        *_, word = re.finditer(r"\S+", text)
        message, hint = f"the query ends after {word[0]!r}", "write what follows it, or put it in quotes"
    elif word[0][0] in QUOTES:
        message, hint = f"the quote at {word[0]!r} is not closed", f"close it with {word[0][0]}"
    else:
        message, hint = f"{word[0]!r} is not expected here", f"write field:value, field>number or words; {QUOTE_IT}"
    return QueryError(message, start=word.start(), end=word.end(), hint=hint)


def _term(tree: "Tree[Token]", scope: _Scope, depth: int) -> Term:
    if tree.data == "comparison":
        name, operator, *values = map(_piece, cast("list[Token]", tree.children))
        return _comparison(name, operator.text.casefold(), values, scope)
    if tree.data == "word":
        return Word(_piece(cast("Token", tree.children[0])).text.casefold())
    if depth > DEEPEST:
        raise _too_deep(tree)
    terms = [_term(each, scope, depth + 1) for each in cast("list[Tree[Token]]", tree.children)]
    if tree.data == "negation":
        return Negation(terms[0])
    return AnyOf(tuple(terms)) if tree.data == "either" else AllOf(tuple(terms))


def _too_deep(tree: "Tree[Token]") -> QueryError:
    first: Tree[Token] | Token = tree
    while not isinstance(first, str):
        first = first.children[0]
    message = f"more than {DEEPEST} terms are inside each other"
    return _piece(first).wrong(InvalidValueError(message, hint="use fewer NOT, - and parentheses"))


def _piece(token: "Token") -> _Piece:
    start, end = token.start_pos or 0, token.end_pos or 0
    quoted = token.type == "QUOTED"
    return _Piece(token[1:-1] if quoted else str(token), start, end, quoted)


def _comparison(name: _Piece, operator: str, values: list[_Piece], scope: _Scope) -> Comparison:
    try:
        field = find_field(name.text, value=values[0].text, known=scope.known)
    except InvalidValueError as error:
        raise name.wrong(error) from None
    sign = operator.removeprefix(":") or ":"
    if sign[0] in "<>" and len(values) > 1:
        message = f"{sign!r} compares with one value"
        raise values[1].wrong(InvalidValueError(message, hint=f"write {name.text}{sign}{values[0].text}"))
    operands = tuple(_operand(field, sign, value, scope) for value in values)
    order = REVERSED if field.kind == "age" else OPERATORS
    return Comparison(field.name, order.get(sign, "="), operands)


def _operand(field: Field, sign: str, value: _Piece, scope: _Scope) -> Operand:
    try:
        match sign:
            case "<" | "<=" | ">" | ">=":
                return read_bound(field, value.text, now=scope.now)
            case "~" | "like" | "ilike":
                return read_pattern(field, value.text, like=sign != "~", quoted=value.quoted)
            case _:
                return read_operand(field, value.text, quoted=value.quoted)
    except InvalidValueError as error:
        raise value.wrong(error) from None
