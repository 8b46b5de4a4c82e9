package io.cardea.life.pki;

import java.util.List;

/// Reads of authorities and profiles: few, so always whole.
public interface Authorities {
  /// All of them, by time of creation.
  List<Authority> authorities();

  /// Those that wait for a certificate, by time of creation.
  List<AuthorityRequest> authorityRequests();

  /// All of them, by name.
  List<Profile> profiles();
}
