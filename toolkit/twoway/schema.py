"""The tables a corpus is made of: columns, kinds, meaning, and the vocabulary.

A column that a source does not have is *unknown*; a null in a column that it has means *none*, but in `text` and
`is_promoted`, where a null is unknown as well. The two are never mixed up: a corpus without `parent_id` cannot show
replies, a corpus whose `parent_id` is null everywhere shows that nobody replied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import SchemaError, unknown_name

__all__ = [
    "ACCOUNTS",
    "BRAND_ROLES",
    "POSTS",
    "ROLES",
    "Column",
    "check_columns",
    "check_roles",
    "describe_schema",
]

#: Roles of accounts that stand for an organization: the brand side.
BRAND_ROLES = ("official", "care", "regional", "employee", "executive")

#: All roles an account can have. `unknown` counts as the public until told otherwise.
ROLES = (*BRAND_ROLES, "partner", "public", "bot", "unknown")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Its name, kind (`id`, `time`, `text`, `flag`, `count`), meaning, and whether it must be there.
    """

    name: str
    kind: str
    meaning: str
    required: bool = False


POSTS = (
    Column("post_id", "id", "identifies the post; a string, so that long numbers keep their digits", required=True),
    Column("account_id", "id", "who posted", required=True),
    Column("created_at", "time", "when it was posted, UTC", required=True),
    Column("text", "text", "what it says; null where that was not collected, empty where nothing stands in it"),
    Column("parent_id", "id", "the post it replies to; null for a post that replies to none"),
    Column("conversation_id", "id", "the platform's own name for the conversation, where it gives one"),
    Column("repost_of_id", "id", "the post it passes on unchanged"),
    Column("quote_of_id", "id", "the post it passes on with a comment"),
    Column("mentions", "text", "handles it names, separated by spaces; where null, they are taken from the text"),
    Column("lang", "text", "language code"),
    Column("client", "text", "the application it was posted with"),
    Column("is_private", "flag", "visible to the addressee only"),
    Column("is_promoted", "flag", "paid for; null where that is not known"),
    Column("is_context", "flag", "known only because another post of the sample refers to it"),
    Column("n_shares", "count", "times it was passed on, when read"),
    Column("n_likes", "count", "times it was liked, when read"),
    Column("n_replies", "count", "replies the platform counted, when read"),
    Column("n_followers", "count", "followers of its account when it was posted"),
    Column("deleted_at", "time", "when it disappeared, UTC; null for a post that is still there"),
    Column("is_restricted", "flag", "replies to it are hidden or limited"),
)

ACCOUNTS = (
    Column("account_id", "id", "identifies the account", required=True),
    Column("handle", "text", "the name it is mentioned by, without @"),
    Column("name", "text", "the name it shows"),
    Column("organization", "id", "who stands behind it; null for a private person"),
    Column("role", "text", "one of " + ", ".join(ROLES)),
    Column("time_zone", "text", "IANA name of its local time"),
    Column("n_followers", "count", "followers, when read"),
    Column("bio", "text", "what its profile says of it"),
    Column("website", "text", "the address that its profile links to"),
)


def names(columns: Iterable[Column]) -> list[str]:
    """List the names of columns in order."""
    return [column.name for column in columns]


def check_columns(found: Iterable[str], table: str) -> None:
    """Refuse a table that lacks a required column.

    Parameters
    ----------
    found
        The column names of the table at hand.
    table
        `"posts"` or `"accounts"`.

    Raises
    ------
    SchemaError
        Naming the missing column, the columns that are there, and how to rename one.

    Examples
    --------
    >>> check_columns(["post_id", "account_id", "created_at"], "posts")
    """
    present = list(found)
    columns = POSTS if table == "posts" else ACCOUNTS
    for column in columns:
        if column.required and column.name not in present:
            listed = ", ".join(present) if present else "no columns at all"
            msg = (
                f"{table} has no column '{column.name}' ({column.meaning}). Found: {listed}. Rename yours, for"
                f" instance tw.read(path, columns={{'{column.name}': '...'}}) or --map {column.name}=..."
            )
            raise SchemaError(msg)


def check_roles(found: Iterable[str | None]) -> None:
    """Refuse a role that is not in the vocabulary.

    Raises
    ------
    UnknownName
        Naming the role, the nearest known one, and all known ones.

    Examples
    --------
    >>> check_roles(["care", "public", None])
    """
    for role in found:
        if role is not None and role not in ROLES:
            raise unknown_name(role, ROLES, "role", do="Roles stand in the column 'role' of the accounts table.")


def describe_schema() -> str:
    """Write out all columns of both tables, a line each.

    Examples
    --------
    >>> describe_schema().splitlines()[0]
    'posts.post_id (id, required): identifies the post; a string, so that long numbers keep their digits'
    """
    lines = []
    for table, columns in (("posts", POSTS), ("accounts", ACCOUNTS)):
        for column in columns:
            need = ", required" if column.required else ""
            lines.append(f"{table}.{column.name} ({column.kind}{need}): {column.meaning}")
    return "\n".join(lines)
