"""What one remote record would be told, before it is compared with what was agreed."""

#: Who asks for a push by hand wants it sent, whatever was agreed: somebody may have edited the remote.
BY_HAND = {"replay", "manual_single", "manual_full"}


class Push:
    """Log rows, what they have to say, and the binding that knows what was agreed.

    :param dict values: {flow: value as JSON}.
    :param error: why nothing can be sent.
    """

    def __init__(self, rows, remote_id="", binding=None, values=None, error=None):
        self.rows = rows
        self.remote_id = remote_id
        self.binding = binding
        self.values = values or {}
        self.error = error

    def changes(self):
        """{flow: value} that the remote does not hold yet."""
        if not self.binding or self.by_hand:
            return self.values
        return {flow: value for flow, value in self.values.items() if not self.binding._agrees(flow, value)}

    @property
    def by_hand(self):
        return bool(BY_HAND & set(self.rows.mapped("trigger")))

    def claim(self, flow, token):
        """What the binding says about a flow while its call is under way."""
        return {"claim": token}

    @property
    def creates(self):
        """Whether this makes a record at the remote, which must not be made twice."""
        return False

    def message(self, changes):
        """The canonical message that tells the changes."""
        raise NotImplementedError
