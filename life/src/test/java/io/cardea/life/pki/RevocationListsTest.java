package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Revocations.Revoked;
import io.cardea.life.pki.Revocations.Shard;
import io.cardea.life.testing.SettableTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RevocationListsTest {
  private static final Instant AT = Ceremony.AT;
  private static final Instant LATE = AT.plus(Duration.ofDays(90));

  private final Ceremony ceremony = new Ceremony();
  private final AuthorityId id = ceremony.issuing.id();
  private final SettableTime time = new SettableTime(AT);
  private final OneShard shard = new OneShard();
  private final List<Serial> unexplained = new ArrayList<>();
  private final RevocationLists lists =
      new RevocationLists(
          shard,
          new Signatories() {
            @Override
            public Optional<Authority> authority(AuthorityId wanted) {
              return Optional.of(ceremony.issuing).filter(known -> known.id().equals(wanted));
            }

            @Override
            public AuthorityKey key(Authority authority) {
              return ceremony.issuingKey;
            }
          },
          Ceremony.URLS,
          time,
          new RevocationLists.Observer() {
            @Override
            public void unexplained(AuthorityId authority, int number, List<Serial> serials) {
              unexplained.addAll(serials);
            }
          });

  RevocationListsTest() throws Refused {}

  /// Shard 0, whose rows a test writes as it likes.
  private static final class OneShard implements Revocations {
    private final List<Revoked> rows = new ArrayList<>();
    private Optional<Listed> list = Optional.empty();
    private int publications;
    private int losses;

    long position() {
      return rows.stream().mapToLong(Revoked::position).max().orElse(0);
    }

    @Override
    public Optional<Shard> shard(AuthorityId authority, int number) {
      return number == 0 ? Optional.of(new Shard(position(), list)) : Optional.empty();
    }

    @Override
    public List<Revoked> revoked(AuthorityId authority, int number, long after, int limit) {
      return rows.stream()
          .filter(row -> row.position() > after)
          .sorted(Comparator.comparingLong(Revoked::position))
          .limit(limit)
          .toList();
    }

    @Override
    public boolean publish(AuthorityId authority, int number, long before, Listed next) {
      if (losses > 0) {
        losses--;
        return false;
      }
      assertThat(before).isEqualTo(list.map(Listed::number).orElse(0L));
      list = Optional.of(next);
      publications++;
      return true;
    }

    @Override
    public CertificateStatus status(AuthorityId authority, Serial serial) {
      return new CertificateStatus.Unknown();
    }
  }

  private void revoke(long serial, Instant notAfter) {
    shard.rows.add(
        new Revoked(
            shard.position() + 1,
            BigInteger.valueOf(serial),
            time.instant(),
            4,
            Optional.empty(),
            notAfter,
            false,
            false));
  }

  private X509CRL current() throws Exception {
    Listed list = lists.current(id, 0);
    X509CRL crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(list.der()));
    crl.verify(ceremony.issuing.certificate().toX509().getPublicKey());
    return crl;
  }

  private static Set<Long> serials(X509CRL crl) {
    Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
    return entries == null
        ? Set.of()
        : entries.stream()
            .map(entry -> entry.getSerialNumber().longValueExact())
            .collect(Collectors.toSet());
  }

  @Test
  void listThatSaysAll_isPublishedOnce() throws Exception {
    revoke(1, LATE);
    X509CRL first = current();

    assertThat(current()).isEqualTo(first);
    assertThat(shard.publications).isEqualTo(1);
    assertThat(serials(first)).containsExactly(1L);
  }

  @Test
  void everyRevocation_isInTheNextList() throws Exception {
    revoke(1, LATE);
    Listed before = lists.current(id, 0);
    revoke(2, LATE);
    revoke(3, LATE);

    assertThat(serials(current())).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(lists.current(id, 0).number()).isGreaterThan(before.number());
  }

  @Test
  void reasonAndDate_areInTheEntry() throws Exception {
    shard.rows.add(
        new Revoked(
            1, BigInteger.TEN, AT, 1, Optional.of(AT.minusSeconds(99)), LATE, false, false));

    X509CRLEntry entry = current().getRevokedCertificate(BigInteger.TEN);

    assertThat(entry.getRevocationReason()).isEqualTo(CRLReason.KEY_COMPROMISE);
    // OCTET STRING, GeneralizedTime.
    assertThat(new String(entry.getExtensionValue("2.5.29.24"), 4, 15, StandardCharsets.US_ASCII))
        .isEqualTo("20261121115821Z");
  }

  @Test
  void listGetsOld_andIsMadeAnewThoughNothingChanged() throws Exception {
    current();
    time.pass(RevocationLists.SIGN_AGAIN.minusSeconds(1));
    current();
    assertThat(shard.publications).isEqualTo(1);
    time.pass(Duration.ofSeconds(1));

    assertThat(current().getNextUpdate().toInstant()).isAfter(AT.plus(RevocationLists.LIFE));
    assertThat(shard.publications).isEqualTo(2);
  }

  /// RFC 5280 §3.3.
  @Test
  void expired_isInOneMoreRegularListBeforeItLeaves() throws Exception {
    revoke(1, AT.plusSeconds(60));
    revoke(2, LATE);
    assertThat(serials(current())).containsExactlyInAnyOrder(1L, 2L);
    time.pass(RevocationLists.SIGN_AGAIN);
    assertThat(serials(current())).containsExactlyInAnyOrder(1L, 2L);
    revoke(3, LATE);
    assertThat(serials(current())).containsExactlyInAnyOrder(1L, 2L, 3L);
    time.pass(RevocationLists.SIGN_AGAIN);

    assertThat(serials(current())).containsExactlyInAnyOrder(2L, 3L);
    assertThat(unexplained).isEmpty();
  }

  @Test
  void revokedAfterItsExpiry_isInOneListAtLeast() throws Exception {
    current();
    time.pass(RevocationLists.SIGN_AGAIN);
    revoke(1, AT.minusSeconds(60));

    assertThat(serials(current())).containsExactly(1L);
  }

  @Test
  void releasedFromItsHold_leavesAtOnce() throws Exception {
    revoke(1, LATE);
    revoke(2, LATE);
    current();
    shard.rows.set(0, new Revoked(3, BigInteger.ONE, AT, 6, Optional.empty(), LATE, true, true));

    assertThat(serials(current())).containsExactly(2L);
    assertThat(unexplained).isEmpty();
  }

  @Test
  void movedEntry_isThereOnceWithItsNewReason() throws Exception {
    revoke(1, LATE);
    current();
    shard.rows.set(0, new Revoked(2, BigInteger.ONE, AT, 1, Optional.empty(), LATE, true, false));

    X509CRL crl = current();

    assertThat(crl.getRevokedCertificates()).hasSize(1);
    assertThat(crl.getRevokedCertificate(BigInteger.ONE).getRevocationReason())
        .isEqualTo(CRLReason.KEY_COMPROMISE);
  }

  @Test
  void entryThatTheStoreLost_staysAndIsTold() throws Exception {
    revoke(1, LATE);
    revoke(2, LATE);
    current();
    shard.rows.removeFirst();
    time.pass(RevocationLists.SIGN_AGAIN);

    assertThat(serials(current())).containsExactlyInAnyOrder(1L, 2L);
    assertThat(unexplained).containsExactly(new Serial(BigInteger.ONE));
  }

  @Test
  void listOfAnEarlierReleaseThatIsNoDer_isMadeAnewFromItsEntries() throws Exception {
    for (int serial = 1; serial <= 3_000; serial++) {
      revoke(serial, LATE);
    }
    Listed good = lists.current(id, 0);
    byte[] old = asItWas(good.der());
    assertThat(CrlEntries.isDer(old)).isFalse();
    Listed kept =
        new Listed(good.number(), good.thisUpdate(), good.nextUpdate(), good.through(), old);

    shard.list = Optional.of(kept);
    X509CRL anew = current();
    assertThat(anew.getRevokedCertificates()).hasSize(3_000);
    assertThat(CrlEntries.isDer(anew.getEncoded())).isTrue();

    shard.list = Optional.of(kept);
    revoke(3_001, LATE);
    assertThat(current().getRevokedCertificates()).hasSize(3_001);

    shard.list = Optional.of(kept);
    shard.rows.removeFirst();
    time.pass(RevocationLists.SIGN_AGAIN);
    assertThat(current().getRevokedCertificates()).hasSize(3_001);
    assertThat(unexplained).containsExactly(new Serial(BigInteger.ONE));
  }

  /// The same list, its long lengths in five octets.
  private static byte[] asItWas(byte[] der) throws Exception {
    return padded(new DerReader(der).next());
  }

  private static byte[] padded(DerReader.Element element) throws Exception {
    int length = element.end() - element.contentStart();
    if (length < 0x10000) {
      return element.encoded();
    }
    ByteArrayOutputStream inside = new ByteArrayOutputStream();
    DerReader parts = element.reader();
    while (parts.hasNext()) {
      inside.writeBytes(padded(parts.next()));
    }
    return ByteBuffer.allocate(6 + inside.size())
        .put((byte) element.tag())
        .put((byte) 0x84)
        .putInt(inside.size())
        .put(inside.toByteArray())
        .array();
  }

  @Test
  void replicaThatWasSlower_looksAgain() throws Exception {
    revoke(1, LATE);
    shard.losses = 3;

    assertThat(serials(current())).containsExactly(1L);
  }

  @Test
  void untrustedClock_datesNoList() throws Exception {
    revoke(1, LATE);
    Listed last = lists.current(id, 0);
    time.trusted(false);
    assertThat(lists.current(id, 0)).isEqualTo(last);
    revoke(2, LATE);

    assertThatThrownBy(() -> lists.current(id, 0))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.CLOCK_UNTRUSTED));
  }

  @Test
  void shardThatWasNeverOpened_isNotFound() {
    assertThatThrownBy(() -> lists.current(id, 1)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> lists.current(new AuthorityId("other"), 0))
        .isInstanceOf(Refused.class);
  }
}
