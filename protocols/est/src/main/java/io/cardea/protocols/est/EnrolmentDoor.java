package io.cardea.protocols.est;

import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Applicant;

/// Where every enrolment ends: [io.cardea.life.enrolment.Enrolment#enrol], and a fake of it in
/// tests.
@FunctionalInterface
public interface EnrolmentDoor {
  Answer enrol(Applicant applicant, byte[] csr, String protocol);
}
