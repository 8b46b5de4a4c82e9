package io.cardea.life.pki;

/// What came of an act on an authority: it is there, or it waits for a certificate from elsewhere.
public sealed interface AuthorityOutcome {
  record There(Authority authority) implements AuthorityOutcome {}

  record Waits(AuthorityRequest request) implements AuthorityOutcome {}
}
