package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.util.List;
import java.util.Optional;

/// The authorities as one read found them, asked by name. The newest active one of a name is its
/// present generation.
public record Generations(List<Authority> all, List<AuthorityRequest> requests) {
  public Generations {
    all = List.copyOf(all);
    requests = List.copyOf(requests);
  }

  public static Generations in(Authorities store) {
    return new Generations(store.authorities(), store.authorityRequests());
  }

  /// The one that signs certificates under this name.
  public Optional<Authority> present(String name) {
    return all.stream()
        .filter(one -> one.name().equals(name) && one.isActive())
        .reduce((_, later) -> later);
  }

  /// The one that issues for whoever names none: the present generation of the name that came
  /// first. What is added beside it changes nothing, and neither does a re-key; once no generation
  /// of that name is active, the next name takes over.
  public Optional<Authority> usual() {
    return all.stream()
        .filter(one -> one.kind() == Authority.Kind.ISSUING)
        .flatMap(one -> present(one.name()).stream())
        .filter(one -> one.kind() == Authority.Kind.ISSUING)
        .findFirst();
  }

  public Optional<Authority> byId(AuthorityId id) {
    return all.stream().filter(one -> one.id().equals(id)).findFirst();
  }

  public Optional<AuthorityRequest> request(String name) {
    return requests.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /// By id, or by name: then the present generation, else the newest.
  public Optional<Authority> find(String idOrName) {
    return all.stream()
        .filter(one -> one.id().value().equals(idOrName))
        .findFirst()
        .or(() -> present(idOrName))
        .or(() ->
            all.stream().filter(one -> one.name().equals(idOrName)).reduce((_, later) -> later));
  }

  /// The root that signs for those under this one: its present generation.
  Authority root(Authority below) throws Refused {
    Authority issuer =
        below
            .issuer()
            .flatMap(this::byId)
            .orElseThrow(
                () -> new Refused(Refusal.CONFLICT, below.name() + " has its root elsewhere"));
    return present(issuer.name())
        .orElseThrow(
            () -> new Refused(Refusal.CONFLICT, "its root " + issuer.name() + " is retired"));
  }
}
