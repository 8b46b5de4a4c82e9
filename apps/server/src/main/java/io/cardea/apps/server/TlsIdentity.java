package io.cardea.apps.server;

import io.cardea.apps.server.watch.Look;
import io.cardea.life.Refused;
import io.cardea.life.pki.Certificate;
import io.cardea.protocols.edge.TlsMaterial;
import java.time.Instant;
import java.util.List;

/// What this server shows of itself in handshakes. Listeners ask at each connection, so that what
/// replaces it serves from the next one on.
interface TlsIdentity {
  /// The same object until it is replaced.
  TlsMaterial material();

  /// The one chain for listeners that show no more than one.
  TlsMaterial.Chain chain();

  /// Replaces it if it is time to. What is there serves on when that fails.
  void renewIfDue() throws Refused;

  /// The first end of what is shown.
  Instant notAfter();

  /// Whether it should have been replaced long ago.
  Look look();

  /// Who has to be trusted for it, beside our own authorities.
  List<Certificate> anchors();
}
