"""What infrastructure costs beyond its nodes: own hardware, rent, and the ways a node can be billed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MONTH_DAYS = 30.4


class Billing(StrEnum):
    """The choices of the setting `billing` of a node."""

    ON_DEMAND = "on_demand"
    RESERVED = "reserved"
    SPOT = "spot"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingSpec:
    """What the setting `billing` of a node means. Discounts are shares of its keep; prices to build and calls stay.

    reserved_discount, reserved_months: a reservation costs that much less, and is owed for so many months of the
    calendar from the day it is taken, whether its node is still there or not. Given back earlier it refunds nothing; a
    node of the same kind and size takes it over.
    spot_discount: spot costs that much less and may be reclaimed. spot_reclaims_month: how often an instance is
    reclaimed a calendar month, on average (a Poisson process). spot_notice_s: real seconds between the notice and the
    end. spot_away_s: real seconds until there is room for it again; nothing is paid meanwhile.
    """

    reserved_discount: float = 0.3
    reserved_months: float = 12.0
    spot_discount: float = 0.6
    spot_reclaims_month: float = 0.2
    spot_notice_s: float = 30.0
    spot_away_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceSpec:
    """What the infrastructure of a stage costs beyond its nodes, in the stage's currency unit.

    investment: own hardware, paid at once when the set-up begins and written off evenly over write_off_months of the
    calendar. power_month, line_month, administration_month: what running it takes a calendar month. rent_month: what is
    rented by the month beside the nodes (support, monitoring, transfer). billing: what the ways to pay for a node mean.
    cloud_user_month: what the cloud would take a month for the same service to one user; 0: nothing to compare with.
    """

    investment: float = 0.0
    write_off_months: float = 36.0
    power_month: float = 0.0
    line_month: float = 0.0
    administration_month: float = 0.0
    rent_month: float = 0.0
    cloud_user_month: float = 0.0
    billing: BillingSpec = BillingSpec()

    @property
    def fixed_month(self) -> float:
        """What is paid a calendar month whatever the nodes do."""
        return self.power_month + self.line_month + self.administration_month + self.rent_month
