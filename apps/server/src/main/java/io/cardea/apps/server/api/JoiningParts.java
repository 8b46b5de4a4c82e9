package io.cardea.apps.server.api;

import io.cardea.life.enrolment.ApprovalDesk;
import io.cardea.life.enrolment.CertificateCheck;
import io.cardea.life.enrolment.Custody;
import io.cardea.life.enrolment.ManufacturerDesk;
import io.cardea.life.enrolment.ManufacturingBatch;

/// The use cases of how devices come in and change hands.
public record JoiningParts(
    ApprovalDesk approvals,
    ManufacturerDesk manufacturers,
    ManufacturingBatch batch,
    Custody custody,
    CertificateCheck check) {}
