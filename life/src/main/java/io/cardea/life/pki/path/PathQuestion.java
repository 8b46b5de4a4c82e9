package io.cardea.life.pki.path;

import io.cardea.life.pki.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// A certificate that somebody shows, and by what it is judged.
///
/// @param leaf the certificate that is judged
/// @param candidates what may stand between it and an anchor, in any order; nothing in it is
///   trusted
/// @param anchors who is trusted, because an operator said so: their names and keys count, and what
///   they constrain (RFC 5937); their own dates and signatures do not
/// @param lists revocation lists; nothing in them is trusted before its signature verified
/// @param listsRequired whether a certificate that no list speaks of is refused; an authority of
///   which there is a list is judged by it in any case
/// @param purpose what the leaf is to be good for
public record PathQuestion(
    Certificate leaf,
    List<Certificate> candidates,
    List<Certificate> anchors,
    List<RevocationList> lists,
    boolean listsRequired,
    Instant at,
    Purpose purpose,
    Policies policies) {

  public PathQuestion {
    candidates = List.copyOf(candidates);
    anchors = List.copyOf(anchors);
    lists = List.copyOf(lists);
  }

  /// A device that proves itself in a handshake.
  public static PathQuestion client(
      Certificate leaf,
      List<Certificate> candidates,
      List<Certificate> anchors,
      List<RevocationList> lists,
      Instant at) {
    return new PathQuestion(
        leaf, candidates, anchors, lists, false, at, Purpose.TLS_CLIENT, Policies.ANY);
  }

  /// What a leaf is judged for.
  public enum Purpose {
    ANY,
    /// It may sign, and where it names its uses, authenticating a client is one of them.
    TLS_CLIENT
  }

  /// The inputs of RFC 5280 §6.1.1 (c), (e), (f) and (g).
  ///
  /// @param wanted the object identifiers of acceptable policies; empty for any
  public record Policies(
      Set<String> wanted, boolean explicit, boolean inhibitMapping, boolean inhibitAny) {
    public static final Policies ANY = new Policies(Set.of(), false, false, false);

    public Policies {
      wanted = Set.copyOf(wanted);
    }
  }
}
