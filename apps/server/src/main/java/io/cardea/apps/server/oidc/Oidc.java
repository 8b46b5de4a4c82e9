package io.cardea.apps.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Knows who a token of the provider is, and which role that gives. It keeps no session: each
/// request brings its token, which is judged anew.
///
/// A token must be signed with a public-key algorithm by a key of the provider, be made for us,
/// hold now, and for no longer than [#LONGEST_LIFE], since it cannot be withdrawn.
public final class Oidc implements AutoCloseable {
  static final Duration LONGEST_LIFE = Duration.ofHours(24);
  static final int MAX_LENGTH = 12 * 1024;

  private static final int SKEW_SECONDS = 30;
  private static final int MAX_SUBJECT = 128;
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512);
  private static final DefaultJOSEObjectTypeVerifier<SecurityContext> TYPES =
      new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null);

  private final OidcSettings settings;
  private final ProviderKeys keys;
  private final DefaultJWTClaimsVerifier<SecurityContext> claims;

  private Oidc(OidcSettings settings, ProviderKeys keys, TrustedTime time) {
    this.settings = settings;
    this.keys = keys;
    this.claims = new Claims(settings, time);
    claims.setMaxClockSkew(SKEW_SECONDS);
  }

  /// @throws IOException if the file of trusted authorities cannot be read
  public static Oidc open(OidcSettings settings, TrustedTime time) throws IOException {
    return open(settings, time, System::nanoTime);
  }

  static Oidc open(OidcSettings settings, TrustedTime time, ProviderKeys.Ticker ticker)
      throws IOException {
    return new Oidc(settings, new ProviderKeys(settings, ticker), time);
  }

  /// Who presents this token. Blocks while the provider's keys are fetched.
  public Optional<Actor> bearer(String token) {
    if (token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
        return Optional.empty();
      }
      Optional<JWKSet> known = keys.keys(Optional.ofNullable(jwt.getHeader().getKeyID()));
      return known.isEmpty() ? Optional.empty() : actor(judged(jwt, known.get()));
    } catch (ParseException | BadJOSEException | JOSEException e) {
      return Optional.empty(); // Nobody that we know; why is not for strangers.
    }
  }

  private JWTClaimsSet judged(SignedJWT jwt, JWKSet known) throws BadJOSEException, JOSEException {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(TYPES);
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(known)));
    processor.setJWTClaimsSetVerifier(claims);
    return processor.process(jwt, null);
  }

  private Optional<Actor> actor(JWTClaimsSet token) throws ParseException {
    String subject = token.getSubject();
    if (subject.isEmpty()
        || subject.length() > MAX_SUBJECT
        || !subject.chars().allMatch(c -> c > ' ' && c < 127)) {
      return Optional.empty();
    }
    List<String> values = values(token.getClaim(settings.claim()));
    return settings.roles().stream()
        .filter(rule -> values.contains(rule.value()))
        .findFirst()
        .map(rule -> new Actor("oidc:" + subject, rule.role(), rule.scope()));
  }

  /// A list, or one text with words in it, as providers differ.
  private static List<String> values(@Nullable Object claim) {
    return switch (claim) {
      case String text -> List.of(text.split(" "));
      case Collection<?> many ->
          many.stream().filter(String.class::isInstance).map(String.class::cast).toList();
      case null, default -> List.of();
    };
  }

  @Override
  public void close() {
    keys.close();
  }

  /// Judges by our clock, and refuses what holds for too long.
  private static final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {
    private final TrustedTime time;

    Claims(OidcSettings settings, TrustedTime time) {
      super(
          settings.audience(),
          new JWTClaimsSet.Builder().issuer(settings.issuer().toString()).build(),
          Set.of("sub", "exp", "iat"));
      this.time = time;
    }

    @Override
    protected Date currentTime() {
      return Date.from(time.instant());
    }

    @Override
    public void verify(JWTClaimsSet token, @Nullable SecurityContext context)
        throws BadJWTException {
      if (!time.trusted()) {
        throw new BadJWTException("the clock is not trusted");
      }
      super.verify(token, context);
      Instant issued = token.getIssueTime().toInstant();
      if (issued.isAfter(time.instant().plusSeconds(SKEW_SECONDS))
          || Duration.between(issued, token.getExpirationTime().toInstant()).compareTo(LONGEST_LIFE)
              > 0) {
        throw new BadJWTException("made in the future, or for too long");
      }
    }
  }
}
