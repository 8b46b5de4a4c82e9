package io.cardea.life.enrolment;

import java.time.Instant;

/// The issuing of certificates for devices is stopped.
///
/// @param actor who stopped it
/// @param why in the operator's words
public record Freeze(Instant since, String actor, String why) {}
