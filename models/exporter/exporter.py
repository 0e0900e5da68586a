from odoo import models


class Exporter(models.AbstractModel):
    """Reads Odoo's records as they are now, as what a remote has to be told; written once for all remotes."""

    _name = "sync.hub.exporter"
    _description = "Exporter"

    #: Most records of one chunk, None for as many as the remote takes in one call.
    _chunk = None

    def _spread(self, connector, rows):
        """The rows, with one for each remote record where a record of Odoo is several of them."""
        return rows

    def _pushes(self, connector, rows):
        """`Push`es for the newest rows of some records; rows that have nothing to say are closed here."""
        raise NotImplementedError

    def _created(self, connector, flow, record):
        """The remote has made this record: tell it what had to wait for that."""

    def _accepted(self, connector, rows, values):
        """The remote has taken `values` ({flow: value}) of these rows.

        Returns further values of the rows; {"state": "pending"} where more is to be told.
        """

    def _taken(self, connector, rows, values, taken):
        """The remote has taken `values` ({flow: value}) of these rows: bind what it tells the ids of."""

    def _refused(self, connector, rows, error):
        """The call of these rows has failed.

        Returns values of the rows, their state among them, where that is no failure after all.
        """
