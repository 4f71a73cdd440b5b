"""Floor 7: the Mesa door, for people who know Mesa.

`PatientModel` is a `mesa.Model` whose `step` is one month of the same engine that runs scenarios, and
`model.agents` is an `AgentSet` over the columns of the population: a `Patient` is made when somebody
asks for one, reads and writes the columns, and costs nothing before or after.

Two choices. No science stands here: a month is `engine.simulation.live`, and a test holds the two to
the same bits. And a handle keeps nothing of its own: whatever is set on a patient is a column,
because anything else would vanish with the handle.
"""

from simulator.model.patient import Patient
from simulator.model.patient_model import PatientModel
from simulator.model.patients import Patients

__all__ = ["Patient", "PatientModel", "Patients"]
