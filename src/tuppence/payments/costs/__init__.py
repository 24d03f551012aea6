"""What moving money costs the house: booked by the policy's table, corrected by what networks bill."""

from tuppence.payments.costs.actions import UnitCost, accrue, adjust, unit_cost

__all__ = ["UnitCost", "accrue", "adjust", "unit_cost"]
