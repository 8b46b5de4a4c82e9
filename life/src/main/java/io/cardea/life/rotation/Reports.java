package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What audiences told of a lineage: facts, read with it.
///
/// @param seen by audience, the credential that it saw furthest down the lineage; part of what the
///   slot remembers
/// @param inSession credentials by which a session is open
public record Reports(SortedMap<String, CredentialId> seen, Set<CredentialId> inSession) {
  public static final Reports NONE = new Reports(new TreeMap<>(), Set.of());

  public Reports {
    seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
    inSession = Set.copyOf(inSession);
  }

  public Reports(Map<String, CredentialId> seen, Set<CredentialId> inSession) {
    this(new TreeMap<>(seen), inSession);
  }

  public Optional<CredentialId> seenBy(String audience) {
    return Optional.ofNullable(seen.get(audience));
  }

  /// After this audience saw this credential. What other audiences than `known` saw is forgotten.
  Reports saw(String audience, CredentialId credential, Set<String> known) {
    SortedMap<String, CredentialId> next = new TreeMap<>(seen);
    next.keySet().retainAll(known);
    next.put(audience, credential);
    return new Reports(next, inSession);
  }
}
