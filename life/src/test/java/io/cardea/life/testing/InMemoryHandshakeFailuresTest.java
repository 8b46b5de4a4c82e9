package io.cardea.life.testing;

import io.cardea.life.findings.HandshakeFailures;

class InMemoryHandshakeFailuresTest extends HandshakeFailuresContract {
  @Override
  protected HandshakeFailures none() {
    return new InMemoryHandshakeFailures();
  }
}
