package io.cardea.apps.agent;

import io.cardea.life.Fingerprint;
import io.cardea.protocols.est.client.Admission;
import io.cardea.protocols.est.client.Admitted;
import io.cardea.protocols.est.client.CaAnswer;
import io.cardea.protocols.est.client.CaCertificates;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.Later;
import io.cardea.protocols.est.client.RenewalAnswer;
import io.cardea.protocols.est.client.RenewalInfo;
import io.cardea.protocols.est.client.TestAuthority;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// Decides as strictly as the rules of rotation allow: the same key gets the same answer, proof
/// alone retires, and an ancestor is retired the moment its descendant is proven. It notes when a
/// device shows an older credential again although it got no refusal of the newer one.
final class FakeServer {
  static final Duration LIFE = Duration.ofHours(10);

  /// What happens to one exchange.
  enum Mishap {
    NONE,
    REQUEST_LOST,
    ANSWER_LOST
  }

  private static final class Held {
    final X509Certificate certificate;
    final String device;
    final @Nullable Held predecessor;
    final String token;
    boolean proven;
    String refusedFor = "";

    Held(String device, X509Certificate certificate, @Nullable Held predecessor, String token) {
      this.device = device;
      this.certificate = certificate;
      this.predecessor = predecessor;
      this.token = token;
    }
  }

  final TestAuthority authority;
  final Deque<Mishap> mishaps = new ArrayDeque<>();
  final Deque<Declined> refusals = new ArrayDeque<>();
  final Deque<Later> postponements = new ArrayDeque<>();
  final List<String> violations = new ArrayList<>();
  final List<String> exchanges = new ArrayList<>();
  final Set<Fingerprint> keys = new LinkedHashSet<>();
  private final Map<String, String> tokens = new HashMap<>();
  private final List<Held> records = new ArrayList<>();
  private final Map<String, Held> newestUsed = new HashMap<>();
  Instant now;
  boolean down;
  boolean withoutWindow;
  Duration life = LIFE;
  Duration grace = Duration.ZERO;
  List<X509Certificate> moreAuthorities = List.of();

  FakeServer(Instant now) {
    this.now = now;
    this.authority = new TestAuthority("Fake root", now);
  }

  synchronized void token(String device, String token) {
    tokens.put(token, device);
  }

  synchronized int issued() {
    return records.size();
  }

  synchronized X509Certificate newest() {
    return records.getLast().certificate;
  }

  /// Without side effects: would this one be let in?
  synchronized boolean accepts(X509Certificate certificate) {
    return find(certificate).filter(record -> judge(record).isEmpty()).isPresent();
  }

  synchronized void revoke(X509Certificate certificate) {
    find(certificate).orElseThrow().refusedFor = "credential-revoked";
  }

  synchronized EnrolAnswer enrol(String device, String token, byte[] csr) {
    exchanges.add("enrol");
    Optional<EnrolAnswer> scripted = scripted();
    if (scripted.isPresent()) {
      return scripted.get();
    }
    if (!device.equals(tokens.get(token))) {
      return new Declined(401, "token-invalid", "");
    }
    PublicKey key = keyOf(csr);
    Optional<Held> same = sameKey(device, key);
    if (same.isPresent()) {
      return new Issued(same.get().certificate);
    }
    if (records.stream().anyMatch(r -> r.token.equals(token) && r.proven)) {
      return new Declined(403, "token-spent", "");
    }
    return issue(device, key, null, token);
  }

  synchronized EnrolAnswer reenrol(X509Certificate shown, byte[] csr) {
    exchanges.add("reenrol");
    Optional<Held> found = find(shown);
    found.ifPresent(this::noteUse);
    Optional<EnrolAnswer> scripted = scripted();
    if (scripted.isPresent()) {
      found.ifPresent(
          r -> scripted.filter(Declined.class::isInstance).ifPresent(_ -> noteRefusal(r)));
      return scripted.get();
    }
    if (found.isEmpty()) {
      return new Declined(403, "credential-unknown", "");
    }
    Held record = found.get();
    PublicKey key = keyOf(csr);
    Optional<Held> same = sameKey(record.device, key);
    if (same.isPresent()) {
      return new Issued(same.get().certificate);
    }
    Optional<String> refusal = judgeForRenewal(record);
    if (refusal.isPresent()) {
      noteRefusal(record);
      return new Declined(403, refusal.get(), "");
    }
    prove(record);
    return issue(record.device, key, record, "");
  }

  synchronized Admission self(X509Certificate shown) {
    exchanges.add("self");
    Optional<Held> found = find(shown);
    found.ifPresent(this::noteUse);
    if (!refusals.isEmpty()) {
      found.ifPresent(this::noteRefusal);
      return refusals.removeFirst();
    }
    if (!postponements.isEmpty()) {
      return postponements.removeFirst();
    }
    if (found.isEmpty()) {
      return new Declined(403, "credential-unknown", "");
    }
    Optional<String> refusal = judge(found.get());
    if (refusal.isPresent()) {
      noteRefusal(found.get());
      return new Declined(403, refusal.get(), "");
    }
    prove(found.get());
    return new Admitted(found.get().device, "c" + records.indexOf(found.get()), "current");
  }

  synchronized CaAnswer authorities() {
    List<X509Certificate> all = new ArrayList<>(moreAuthorities);
    all.add(authority.root());
    return new CaCertificates(all);
  }

  synchronized RenewalAnswer renewalInfo(X509Certificate certificate) {
    exchanges.add("window");
    if (withoutWindow) {
      return new Declined(404, "", "");
    }
    Instant begin = certificate.getNotBefore().toInstant();
    Instant from = begin.plus(life.dividedBy(2));
    Instant to = begin.plus(life.multipliedBy(7).dividedBy(10));
    return new RenewalInfo(
        from,
        to,
        Optional.of(
            new RenewalInfo.Relative(Duration.between(now, from), Duration.between(now, to))),
        life.dividedBy(10));
  }

  private Optional<EnrolAnswer> scripted() {
    if (!refusals.isEmpty()) {
      return Optional.of(refusals.removeFirst());
    }
    return postponements.isEmpty() ? Optional.empty() : Optional.of(postponements.removeFirst());
  }

  private Issued issue(String device, PublicKey key, @Nullable Held predecessor, String token) {
    X509Certificate certificate = authority.device(device, key, now, now.plus(life));
    records.add(new Held(device, certificate, predecessor, token));
    return new Issued(certificate);
  }

  private Optional<Held> sameKey(String device, PublicKey key) {
    return records.stream()
        .filter(r -> r.device.equals(device) && r.certificate.getPublicKey().equals(key))
        .filter(r -> judge(r).isEmpty())
        .findFirst();
  }

  private Optional<Held> find(X509Certificate certificate) {
    return records.stream().filter(r -> r.certificate.equals(certificate)).findFirst();
  }

  private Optional<String> judge(Held record) {
    if (!record.refusedFor.isEmpty()) {
      return Optional.of(record.refusedFor);
    }
    return record.certificate.getNotAfter().toInstant().isBefore(now)
        ? Optional.of("credential-expired")
        : Optional.empty();
  }

  private Optional<String> judgeForRenewal(Held record) {
    boolean inGrace = record.certificate.getNotAfter().toInstant().plus(grace).isAfter(now);
    return judge(record).filter(code -> !(code.equals("credential-expired") && inGrace));
  }

  private void prove(Held record) {
    record.proven = true;
    for (Held at = record.predecessor; at != null; at = at.predecessor) {
      if (at.refusedFor.isEmpty()) {
        at.refusedFor = "credential-retired";
      }
    }
  }

  private void noteUse(Held record) {
    Held newest = newestUsed.get(record.device);
    if (newest != null && records.indexOf(record) < records.indexOf(newest)) {
      violations.add("shown again: " + records.indexOf(record));
    }
    newestUsed.put(record.device, record);
  }

  private void noteRefusal(Held record) {
    newestUsed.remove(record.device);
  }

  private PublicKey keyOf(byte[] csr) {
    try {
      PublicKey key = new JcaPKCS10CertificationRequest(csr).getPublicKey();
      keys.add(Fingerprint.of(key.getEncoded()));
      return key;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
