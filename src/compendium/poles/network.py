"""Who works with whom, as numbers: ties, density, who is alone, and how far members say the same of one another."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

Tie = frozenset[str]


@dataclass(frozen=True)
class Network:
    """Members and the ties between them.

    Attributes
    ----------
    members : frozenset of str
        Everybody who counts.
    ties : frozenset of frozenset of str
        Pairs of two members of whom one at least named the other.
    mutual : frozenset of frozenset of str
        Those of the pairs in which both did.
    """

    members: frozenset[str]
    ties: frozenset[Tie]
    mutual: frozenset[Tie]

    @property
    def pairs(self) -> int:
        """Return how many pairs the members could form: ``n (n - 1) / 2``."""
        return len(self.members) * (len(self.members) - 1) // 2

    @property
    def density(self) -> float:
        """Return the part of all pairs that are ties, 0 to 1; missing for fewer than two members."""
        return len(self.ties) / self.pairs if self.pairs else float("nan")

    @property
    def isolated(self) -> frozenset[str]:
        """Return the members without any tie."""
        return self.members - frozenset().union(*self.ties)

    def within(self, some: Collection[str]) -> "Network":
        """Return the network of some of the members, with the ties between them alone."""
        inside = self.members & frozenset(some)
        return Network(
            inside,
            frozenset(tie for tie in self.ties if tie <= inside),
            frozenset(tie for tie in self.mutual if tie <= inside),
        )


def network(members: Collection[str], named: Iterable[tuple[str, str]]) -> Network:
    """Make a network of a declared list.

    Parameters
    ----------
    members : collection of str
        Everybody who counts.
    named : iterable of (str, str)
        Who named whom; the order matters for `mutual` alone. Pairs with somebody who does not count are left out.

    Raises
    ------
    ValueError
        Somebody named themselves.
    """
    everybody = frozenset(members)
    arrows = {(one, other) for one, other in named if {one, other} <= everybody}
    if any(one == other for one, other in arrows):
        raise ValueError("somebody named themselves; legal is another member")
    ties = frozenset(frozenset(arrow) for arrow in arrows)
    mutual = frozenset(frozenset(arrow) for arrow in arrows if arrow[::-1] in arrows)
    return Network(everybody, ties, mutual)
