"""What the privacy officer has to know of the processing of personal data in an application or a service."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from kade.estate.base import Item


class Processing(Item):
    """The entry in the register of processing (AVG article 30), and what belongs to it."""

    reference: str = Field("", description="The reference in the register of processing activities.")
    dpia: date | None = Field(None, description="The day of the data protection impact assessment (AVG article 35).")
    dpia_needed: bool | None = Field(
        None, description="Whether a DPIA is needed. Default: for `special`, `medical`, `bsn` and `brp`."
    )
    processor: str = Field("", description="Who processes on our behalf; `none` where we do it ourselves.")
    agreement: date | None = Field(None, description="The day of the processing agreement (AVG article 28).")
    sub_processors: list[str] = Field(default=[], description="Whom the processor engages.")
    retention: str = Field("", description="How long it is kept, by the selection list, for instance `11.1: 7 years`.")
