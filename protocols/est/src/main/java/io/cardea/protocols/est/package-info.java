/// EST, RFC 7030 with the clarifications of RFC 8951: the server's side. Bytes in, enrolment out.
///
/// Where we leave the standard is written in `docs/protocols/est.md`, by its sections.
@NullMarked
package io.cardea.protocols.est;

import org.jspecify.annotations.NullMarked;
