"""What a page puts in after it appeared: widgets that nobody sees before a key asks for them.

The rule it keeps: the first key of a page waits until they are there, so that no letter that follows it is lost.
"""

from textual.widget import AwaitMount


class Furnished:
    """What widgets have in common that get some more in them once their page stands."""

    put_in: AwaitMount | None = None

    def furniture(self) -> AwaitMount:
        """Put in what comes later."""
        raise NotImplementedError

    async def furnish(self) -> None:
        """Put it in, once, and wait until it is there."""
        if self.put_in is None:
            self.put_in = self.furniture()
        await self.put_in
