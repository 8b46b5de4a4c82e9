package io.cardea.apps.server.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.testing.SettableTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OidcTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final SettableTime time = new SettableTime(NOON);
  private final AtomicLong nanos = new AtomicLong(1);
  private final ECKey ec = ec("ec-1");
  private final RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa-1").generate();
  private Provider provider;
  private Oidc oidc;

  OidcTest() throws JOSEException {}

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    provider = new Provider(folder);
    provider.keys(ec, rsa);
    oidc =
        Oidc.open(
            new OidcSettings(
                provider.issuer(),
                "cardea",
                Optional.of(provider.authority()),
                "groups",
                List.of(
                    RoleRule.parse("pki=pki-officer"),
                    RoleRule.parse("line 7=fleet-operator@class:pumps+environment:production"),
                    RoleRule.parse("all=reader"))),
            time,
            nanos::get);
  }

  @AfterEach
  void stop() {
    oidc.close();
    provider.close();
  }

  @Test
  void tokenOfTheProvider_isWhoItSaysInTheFirstRoleThatFits() throws Exception {
    Scope part = new Scope(Set.of("pumps"), Set.of(Environment.PRODUCTION), Set.of());
    assertThat(oidc.bearer(token(ec, _ -> {})))
        .contains(new Actor("oidc:kay", Role.READER, Scope.ALL));
    assertThat(oidc.bearer(token(rsa, claims -> claims.claim("groups", List.of("all", "pki")))))
        .contains(new Actor("oidc:kay", Role.PKI_OFFICER, Scope.ALL));
    assertThat(oidc.bearer(token(ec, claims -> claims.claim("groups", List.of("line 7")))))
        .contains(new Actor("oidc:kay", Role.FLEET_OPERATOR, part));
    assertThat(oidc.bearer(token(ec, claims -> claims.claim("groups", "other all")))).isPresent();
    assertThat(provider.fetches()).isEqualTo(2);
  }

  @Test
  void whoHasNoRole_isNobody() throws Exception {
    refused(claims -> claims.claim("groups", List.of("cooks")));
    refused(claims -> claims.claim("groups", null));
    refused(claims -> claims.claim("groups", 7));
  }

  @Test
  void tokenForOthersOrOfOthers_isNobody() throws Exception {
    refused(claims -> claims.audience("mail"));
    refused(claims -> claims.audience((String) null));
    refused(claims -> claims.issuer("https://elsewhere.example"));
    refused(claims -> claims.subject(null));
    refused(claims -> claims.subject("a\nb"));
    refused(claims -> claims.subject("x".repeat(129)));
    assertThat(oidc.bearer(token(ec("ec-1"), _ -> {}))).isEmpty();
  }

  @Test
  void tokenOutOfItsTime_isNobody() throws Exception {
    refused(claims -> claims.expirationTime(Date.from(NOON.minusSeconds(31))));
    refused(claims -> claims.expirationTime(null));
    refused(claims -> claims.notBeforeTime(Date.from(NOON.plusSeconds(31))));
    refused(claims -> claims.issueTime(Date.from(NOON.plusSeconds(31))));
    refused(claims -> claims.issueTime(null));
    refused(claims -> claims.expirationTime(Date.from(NOON.plus(Duration.ofHours(25)))));
    String good = token(ec, _ -> {});
    assertThat(oidc.bearer(good)).isPresent();
    time.trusted(false);
    assertThat(oidc.bearer(good)).isEmpty();
  }

  /// RFC 8725 §2.1: the algorithm is ours to choose.
  @Test
  void rfc8725Section2_1_confusedAlgorithms_areRefused() throws Exception {
    JWTClaimsSet claims = claims().build();
    assertThat(oidc.bearer(new PlainJWT(claims).serialize())).isEmpty();
    byte[] published = rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
    assertThat(oidc.bearer(signed(new MACSigner(published), JWSAlgorithm.HS256, "rsa-1", claims)))
        .isEmpty();
    assertThat(oidc.bearer("")).isEmpty();
    assertThat(oidc.bearer("a.b.c")).isEmpty();
    assertThat(oidc.bearer("x".repeat(Oidc.MAX_LENGTH + 1))).isEmpty();
  }

  @Test
  void keyOfTheProviderThatIsNew_isFetchedAndOneThatIsGoneEnds() throws Exception {
    assertThat(oidc.bearer(token(ec, _ -> {}))).isPresent();
    ECKey next = ec("ec-2");
    provider.keys(next);
    assertThat(oidc.bearer(token(next, _ -> {})))
        .as("a stranger's pace does not drive us")
        .isEmpty();

    pass(ProviderKeys.PAUSE);
    assertThat(oidc.bearer(token(next, _ -> {}))).isPresent();
    assertThat(oidc.bearer(token(ec, _ -> {}))).isEmpty();
  }

  @Test
  void unknownKeys_costTheProviderOneFetchAPause() throws Exception {
    assertThat(oidc.bearer(token(ec, _ -> {}))).isPresent();
    pass(ProviderKeys.PAUSE);
    int before = provider.fetches();
    for (int i = 0; i < 50; i++) {
      oidc.bearer(token(ec("unknown-" + i), _ -> {}));
    }

    assertThat(provider.fetches()).isEqualTo(before + 2);
  }

  @Test
  void providerThatIsAway_isNotMissedForAnHourAndThenNobodySignsIn() throws Exception {
    String token = token(ec, _ -> {});
    assertThat(oidc.bearer(token)).isPresent();
    provider.away(true);

    pass(ProviderKeys.LONGEST.minusSeconds(1));
    assertThat(oidc.bearer(token)).isPresent();
    pass(Duration.ofSeconds(1));
    assertThat(oidc.bearer(token)).isEmpty();
    provider.away(false);
    pass(ProviderKeys.PAUSE);
    assertThat(oidc.bearer(token)).isPresent();
  }

  @Test
  void configurationOfAnotherIssuer_isNotFollowed() throws Exception {
    provider.claims("https://elsewhere.example");

    assertThat(oidc.bearer(token(ec, _ -> {}))).isEmpty();
  }

  @Test
  void rule_isReadOrRefused() {
    assertThat(RoleRule.parse("a=b=reader")).isEqualTo(new RoleRule("a=b", Role.READER, Scope.ALL));
    for (String wrong :
        List.of(
            "",
            "reader",
            "=reader",
            "x=king",
            "x=reader@",
            "x=reader@line:7",
            "x=reader@class:",
            "x=reader@environment:moon",
            "x=administrator@class:pumps")) {
      assertThatThrownBy(() -> RoleRule.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private void refused(Consumer<JWTClaimsSet.Builder> change) throws Exception {
    assertThat(oidc.bearer(token(ec, change))).isEmpty();
  }

  private void pass(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  private JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(provider.issuer().toString())
        .audience(List.of("mail", "cardea"))
        .subject("kay")
        .issueTime(Date.from(NOON))
        .expirationTime(Date.from(NOON.plusSeconds(600)))
        .claim("groups", List.of("all"));
  }

  private String token(JWK key, Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
    JWTClaimsSet.Builder claims = claims();
    change.accept(claims);
    return key instanceof ECKey curve
        ? signed(new ECDSASigner(curve), JWSAlgorithm.ES256, key.getKeyID(), claims.build())
        : signed(
            new RSASSASigner(key.toRSAKey()), JWSAlgorithm.RS256, key.getKeyID(), claims.build());
  }

  private static String signed(
      JWSSigner signer, JWSAlgorithm algorithm, String key, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(algorithm).keyID(key).type(JOSEObjectType.JWT).build(), claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private static ECKey ec(String id) throws JOSEException {
    return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
  }
}
